import Model

/// Reads a query by a route's parameters: unknown ones and values that do not fit are refused with their names.
enum QueryReader {
    static func read(
        _ query: [(name: String, value: String)], _ parameters: [Parameter]
    ) throws(Problem) -> [String: [String]] {
        var values: [String: [String]] = [:]
        var violations: [Violation] = []
        for (name, value) in query {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                violations.append(Violation(field: name, message: "is not a parameter of this call"))
                continue
            }
            let parts = parameter.isList ? value.split(separator: ",").map(String.init) : [value]
            if !parameter.isList, values[name] != nil {
                violations.append(Violation(field: name, message: "is given twice"))
            }
            for part in parts { violations += parameter.shape.violations(in: parameter.json(part), at: name) }
            values[name, default: []] += parts
        }
        guard violations.isEmpty else { throw Problem.invalid(violations) }
        return values
    }
}

extension Parameter {
    /// The value of the query as the shape checks it.
    fileprivate func json(_ text: String) -> JSONValue {
        switch shape {
        case .integer: Int64(text).map { .integer($0) } ?? .string(text)
        case .boolean: text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
        default: .string(text)
        }
    }
}
