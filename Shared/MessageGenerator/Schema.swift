/// What the `.proto` files say, as the emitters need it.
struct Schema {
    var files: [ProtoFile]
}

/// One `.proto` file.
struct ProtoFile {
    /// Path from the proto folder, as "firstline/v1/common.proto".
    var path: String
    var package: String
    var enums: [ProtoEnum]
    var messages: [ProtoMessage]
    var services: [ProtoService]

    /// The file's name without folder and ending, as "common".
    var stem: String { String(path.split(separator: "/").last!.dropLast(".proto".count)) }
}

struct ProtoEnum {
    var name: String
    var comment: String
    var values: [(name: String, number: Int32, comment: String)]
}

struct ProtoMessage {
    var package: String
    var name: String
    var comment: String
    var fields: [ProtoField]

    var fullName: String { "\(package).\(name)" }
}

struct ProtoField {
    /// The type of one value.
    enum Kind: Hashable {
        case int32, int64, uint32, uint64, float, double, bool, string, bytes
        case enumeration(String)
        case message(String)
    }

    var name: String
    var number: Int32
    var kind: Kind
    var isRepeated: Bool
    /// Marked `optional`: its absence means something else than its zero.
    var isOptional: Bool
    /// The oneof it belongs to, unless that is the synthetic one of an `optional` field.
    var oneof: String?
    var comment: String
}

struct ProtoService {
    var package: String
    var name: String
    var comment: String
    var methods: [ProtoMethod]

    var fullName: String { "\(package).\(name)" }
}

struct ProtoMethod {
    var name: String
    var comment: String
    var request: String
    var response: String
    var isStreaming: Bool
}

/// Why no code can be generated.
struct SchemaError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
