import Model

extension Shape {
    /// What is wrong with `value`; empty when it fits. At most `maximumViolations`.
    func violations(in value: JSONValue, at path: String = "") -> [Violation] {
        var found: [Violation] = []
        check(value, path, &found)
        return found
    }

    static let maximumViolations = 50

    private func check(_ value: JSONValue, _ path: String, _ found: inout [Violation]) {
        guard found.count < Self.maximumViolations else { return }
        func refuse(_ message: String) {
            found.append(Violation(field: path.isEmpty ? "body" : path, message: message))
        }
        switch self {
        case .anything: return
        case .named(let name): Schemas.shape(named: name).check(value, path, &found)
        case .nullable(let shape): if !value.isNull { shape.check(value, path, &found) }
        case .boolean: if value.bool == nil { refuse("must be true or false") }
        case .number: if value.double == nil { refuse("must be a number") }
        case .numberBetween(let low, let high):
            guard let number = value.double, number > low, number < high else {
                return refuse("must be a number over \(low) and below \(high)")
            }
        case .integer(let range):
            guard let number = value.integer, range.contains(number) else {
                return refuse("must be an integer from \(range.lowerBound) to \(range.upperBound)")
            }
        case .choice(let names):
            guard let name = value.string, names.contains(name) else {
                return refuse("must be one of \(names.joined(separator: ", "))")
            }
        case .text(let rule):
            guard let text = value.string else { return refuse("must be a string") }
            if let fault = rule.fault(in: text) { refuse(fault) }
        case .textOrInteger(let rule):
            if value.integer == nil { Shape.text(rule).check(value, path, &found) }
        case .list(let shape, let maximum):
            guard let elements = value.elements else { return refuse("must be an array") }
            guard elements.count <= maximum else { return refuse("must have at most \(maximum) elements") }
            for (index, element) in elements.enumerated() { shape.check(element, "\(path)[\(index)]", &found) }
        case .map(let shape, let maximum):
            guard let members = value.members else { return refuse("must be an object") }
            guard members.count <= maximum else { return refuse("must have at most \(maximum) members") }
            for member in members {
                if let fault = TextRule(minimum: 1, maximum: 100).fault(in: member.name) { refuse("name: \(fault)") }
                shape.check(member.value, Self.join(path, member.name), &found)
            }
        case .object(let fields):
            guard let members = value.members else { return refuse("must be an object") }
            let known = Set(fields.map(\.name))
            for member in members where !known.contains(member.name) {
                found.append(Violation(field: Self.join(path, member.name), message: "is not a field of this"))
            }
            Self.check(fields, value, path, &found)
        case .open(let fields):
            guard value.members != nil else { return refuse("must be an object") }
            Self.check(fields, value, path, &found)
        }
    }

    private static func check(_ fields: [Field], _ value: JSONValue, _ path: String, _ found: inout [Violation]) {
        for field in fields {
            let path = join(path, field.name)
            if let value = value[field.name] {
                field.shape.check(value, path, &found)
            } else if field.isRequired {
                found.append(Violation(field: path, message: "is required"))
            }
        }
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension TextRule {
    /// What is wrong with `text`; nil when it fits.
    func fault(in text: String) -> String? {
        let length = text.unicodeScalars.count
        if length < minimum { return minimum == 1 ? "must not be empty" : "must have at least \(minimum) characters" }
        if length > maximum { return "must have at most \(maximum) characters" }
        if text.utf8.contains(0) { return "must not contain U+0000" }
        switch format {
        case .free: return nil
        case .email: return EmailAddress.normalized(text) != nil ? nil : "must be an e-mail address"
        case .instant: return Instant(text) == nil ? "must be an RFC 3339 instant" : nil
        case .duration:
            return (ISO8601Duration(text)?.milliseconds ?? -1) < 0 ? "must be an ISO 8601 duration, as PT4H" : nil
        case .date: return CivilDate(text) == nil ? "must be a date, as 2026-12-24" : nil
        case .timeOfDay: return TimeOfDay.minutes(of: text) == nil ? "must be a time of day, as 09:30" : nil
        }
    }
}
