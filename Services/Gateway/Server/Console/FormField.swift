import Model

/// A labelled field of a form, as `field.mustache` draws it.
struct FormField: Sendable {
    enum Kind: Sendable {
        case line(type: String)
        case area
        case choice([(value: String, name: String)])
    }

    /// As the owner names it in a refusal.
    var name: String
    var label: String
    var kind = Kind.line(type: "text")
    var value = ""
    var hint = ""
    /// In characters.
    var limit = 200
    var isWanted = false
    /// Whether the form tells what the field held, so that nothing is saved but what was changed.
    var tellsOld = false

    /// - Parameters:
    ///   - form: what was written there and refused; nil for a page that was only opened.
    ///   - faults: what is wrong, by field.
    func view(_ form: Form? = nil, faults: [Violation] = [], isLocked: Bool = false) -> [String: Any] {
        let entry = form.map { $0.has(name) ? $0[name] : value } ?? value
        let fault = faults.filter { $0.field == name }.map(\.message).joined(separator: "; ")
        var view: [String: Any] = [
            "field": name, "label": label, "value": value, "entry": entry, "limit": limit, "is_wanted": isWanted,
            "is_locked": isLocked, "is_wrong": !fault.isEmpty, "was": tellsOld, "is_line": false, "is_area": false,
            "is_choice": false,
        ]
        switch kind {
        case .line(let type): (view["is_line"], view["type"]) = (true, type)
        case .area: view["is_area"] = true
        case .choice(let options):
            view["is_choice"] = true
            view["options"] = options.map {
                ["option": $0.value, "text": $0.name, "chosen": $0.value == entry] as [String: Any]
            }
        }
        if !hint.isEmpty { view["hint"] = hint }
        if !fault.isEmpty { view["fault"] = fault }
        let told = (fault.isEmpty ? [] : ["fault-\(name)"]) + (hint.isEmpty ? [] : ["hint-\(name)"])
        if !told.isEmpty { view["described"] = told.joined(separator: " ") }
        return view
    }
}

extension Form {
    /// What a field that tells its old value was changed to; nil where it was left as it was.
    func change(of name: String) -> String? {
        has(name) && self[name] != self["was_\(name)"] ? self[name] : nil
    }
}
