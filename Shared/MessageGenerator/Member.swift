/// One stored property of a generated struct: a field, or a oneof as a whole.
enum Member {
    case field(ProtoField)
    case oneof(String, [ProtoField])

    var name: String {
        switch self {
        case .field(let field): Naming.property(field.name)
        case .oneof(let name, _): Naming.property(name)
        }
    }

    var comment: String {
        switch self {
        case .field(let field): field.comment
        case .oneof: ""
        }
    }

    /// The lowest number of its fields.
    var firstNumber: Int32 {
        switch self {
        case .field(let field): field.number
        case .oneof(_, let fields): fields.map(\.number).min()!
        }
    }

    var swiftType: String {
        switch self {
        case .field(let field): field.swiftType
        case .oneof(let name, _): Naming.upperCamel(name) + "?"
        }
    }

    var defaultValue: String {
        switch self {
        case .field(let field): field.defaultValue
        case .oneof: "nil"
        }
    }
}

extension ProtoMessage {
    /// The members in the order of the fields; a oneof stands where its first field does.
    var members: [Member] {
        var result: [Member] = []
        var seen: Set<String> = []
        for field in fields {
            guard let oneof = field.oneof else {
                result.append(.field(field))
                continue
            }
            guard seen.insert(oneof).inserted else { continue }
            result.append(.oneof(oneof, fields.filter { $0.oneof == oneof }))
        }
        return result
    }
}

extension ProtoField {
    /// The Swift type of one value.
    var valueType: String {
        switch kind {
        case .int32: "Int32"
        case .int64: "Int64"
        case .uint32: "UInt32"
        case .uint64: "UInt64"
        case .float: "Float"
        case .double: "Double"
        case .bool: "Bool"
        case .string: "String"
        case .bytes: "[UInt8]"
        case .enumeration(let name), .message(let name): name
        }
    }

    var isMessage: Bool {
        if case .message = kind { true } else { false }
    }

    var swiftType: String {
        if isRepeated { return "[\(valueType)]" }
        return isOptional || isMessage ? "\(valueType)?" : valueType
    }

    var defaultValue: String {
        if isRepeated { return "[]" }
        if isOptional || isMessage { return "nil" }
        switch kind {
        case .bool: return "false"
        case .string: return "\"\""
        case .bytes: return "[]"
        case .enumeration: return ".unspecified"
        default: return "0"
        }
    }
}
