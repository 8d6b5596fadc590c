import Model

extension Shape {
    /// As JSON Schema (2020-12, which OpenAPI 3.1 speaks).
    /// - Parameter isClosed: whether unknown fields are refused; answers may grow.
    func schema(isClosed: Bool) -> JSONValue {
        switch self {
        case .anything: return .object([])
        case .boolean: return ["type": "boolean"]
        case .number: return ["type": "number"]
        case .numberBetween(let low, let high):
            return ["type": "number", "exclusiveMinimum": .number(low), "exclusiveMaximum": .number(high)]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
                "format": "int64",
            ]
        case .text(let rule): return rule.schema(isClosed: isClosed)
        case .textOrInteger(let rule): return ["anyOf": [rule.schema(isClosed: isClosed), ["type": "integer"]]]
        case .choice(let names): return ["type": "string", "enum": .strings(names)]
        case .list(let shape, let maximum):
            return ["type": "array", "items": shape.schema(isClosed: isClosed), "maxItems": .integer(Int64(maximum))]
        case .map(let shape, let maximum):
            return [
                "type": "object", "additionalProperties": shape.schema(isClosed: isClosed),
                "propertyNames": ["minLength": 1, "maxLength": 100], "maxProperties": .integer(Int64(maximum)),
            ]
        case .nullable(let shape): return ["anyOf": [shape.schema(isClosed: isClosed), ["type": "null"]]]
        case .named(let name): return ["$ref": .string("#/components/schemas/\(name)")]
        case .object(let fields): return Self.object(fields, isClosed: isClosed, isOpen: false)
        case .open(let fields): return Self.object(fields, isClosed: isClosed, isOpen: true)
        }
    }

    private static func object(_ fields: [Field], isClosed: Bool, isOpen: Bool) -> JSONValue {
        let properties = fields.map { field -> JSONMember in
            var schema = field.shape.schema(isClosed: isClosed)
            if !field.description.isEmpty { schema["description"] = .string(field.description) }
            return JSONMember(name: field.name, value: schema)
        }
        var json: JSONValue = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { json["required"] = .strings(required) }
        if isClosed, !isOpen { json["additionalProperties"] = false }
        return json
    }
}

extension TextRule {
    /// No text holds U+0000: C strings end there.
    private static let plainPattern: JSONValue = "^[^\\u0000]*$"

    /// - Parameter isClosed: whether it is what a request may bring; answers promise no length.
    fileprivate func schema(isClosed: Bool) -> JSONValue {
        if !isClosed, format == .free || format == .email { return ["type": "string"] }
        switch format {
        case .instant: return ["type": "string", "format": "date-time"]
        case .duration: return ["type": "string", "format": "duration", "examples": ["PT4H"]]
        case .date: return ["type": "string", "format": "date"]
        case .timeOfDay:
            return ["type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"]
        case .email, .free:
            var json: JSONValue = ["type": "string", "maxLength": .integer(Int64(maximum))]
            if minimum > 0 { json["minLength"] = .integer(Int64(minimum)) }
            if format == .email { json["format"] = "email" } else { json["pattern"] = Self.plainPattern }
            return json
        }
    }
}
