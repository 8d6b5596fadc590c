import CDescriptor

/// Reads a schema from a FileDescriptorSet that `protoc --include_source_info` made.
struct SchemaReader {
    /// Reads every file of the set. Throws `SchemaError` for what this generator does not know.
    static func read(_ set: UnsafePointer<Google__Protobuf__FileDescriptorSet>) throws -> Schema {
        let files = try list(set.pointee.file, set.pointee.n_file).map { try SchemaReader($0).file() }
        let schema = Schema(files: files)
        try refuseRecursion(schema)
        return schema
    }

    private let descriptor: Google__Protobuf__FileDescriptorProto
    private let comments: [[Int32]: String]

    private init(_ descriptor: Google__Protobuf__FileDescriptorProto) {
        self.descriptor = descriptor
        var comments: [[Int32]: String] = [:]
        if let info = descriptor.source_code_info {
            for location in list(info.pointee.location, info.pointee.n_location) {
                let path = Array(UnsafeBufferPointer(start: location.path, count: location.n_path))
                let texts = [location.leading_comments, location.trailing_comments]
                comments[path] = texts.compactMap { $0.map(Self.comment) }.joined(separator: "\n")
            }
        }
        self.comments = comments
    }

    // Field numbers of descriptor.proto, of which paths of source locations are made.
    private static let fileMessage: Int32 = 4
    private static let fileEnum: Int32 = 5
    private static let fileService: Int32 = 6
    private static let inner: Int32 = 2

    private func file() throws -> ProtoFile {
        let package = text(descriptor.package)
        return ProtoFile(
            path: text(descriptor.name),
            package: package,
            enums: list(descriptor.enum_type, descriptor.n_enum_type).enumerated().map { index, item in
                enumeration(item, [Self.fileEnum, Int32(index)])
            },
            messages: try list(descriptor.message_type, descriptor.n_message_type).enumerated().map { index, item in
                try message(item, package, [Self.fileMessage, Int32(index)])
            },
            services: try list(descriptor.service, descriptor.n_service).enumerated().map { index, item in
                try service(item, package, [Self.fileService, Int32(index)])
            })
    }

    private func enumeration(_ item: Google__Protobuf__EnumDescriptorProto, _ path: [Int32]) -> ProtoEnum {
        ProtoEnum(
            name: text(item.name), comment: comments[path] ?? "",
            values: list(item.value, item.n_value).enumerated().map { index, value in
                (text(value.name), value.number, comments[path + [Self.inner, Int32(index)]] ?? "")
            })
    }

    private func message(
        _ item: Google__Protobuf__DescriptorProto, _ package: String, _ path: [Int32]
    ) throws -> ProtoMessage {
        let name = text(item.name)
        guard item.n_nested_type == 0, item.n_enum_type == 0 else {
            throw SchemaError("\(name): nested types and maps are not used here")
        }
        let oneofs = list(item.oneof_decl, item.n_oneof_decl).map { text($0.name) }
        let fields = try list(item.field, item.n_field).enumerated().map { index, field in
            try self.field(field, of: name, oneofs, comments[path + [Self.inner, Int32(index)]] ?? "")
        }
        return ProtoMessage(package: package, name: name, comment: comments[path] ?? "", fields: fields)
    }

    private func field(
        _ item: Google__Protobuf__FieldDescriptorProto, of message: String, _ oneofs: [String], _ comment: String
    ) throws -> ProtoField {
        let isOptional = item.has_proto3_optional != 0 && item.proto3_optional != 0
        let oneof = item.has_oneof_index != 0 && !isOptional ? oneofs[Int(item.oneof_index)] : nil
        let field = ProtoField(
            name: text(item.name), number: item.number, kind: try kind(item, of: message),
            isRepeated: item.label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED,
            isOptional: isOptional, oneof: oneof, comment: comment)
        if oneof != nil, case .message = field.kind { return field }
        guard oneof == nil else { throw SchemaError("\(message).\(field.name): a oneof holds messages only") }
        if isOptional, case .message = field.kind {
            throw SchemaError("\(message).\(field.name): a message field is optional anyway")
        }
        return field
    }

    private func kind(
        _ item: Google__Protobuf__FieldDescriptorProto, of message: String
    ) throws -> ProtoField.Kind {
        switch item.type {
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_INT32: .int32
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_INT64: .int64
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_UINT32: .uint32
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_UINT64: .uint64
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_FLOAT: .float
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_DOUBLE: .double
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_BOOL: .bool
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_STRING: .string
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_BYTES: .bytes
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_ENUM: .enumeration(try local(item.type_name))
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_MESSAGE: .message(try local(item.type_name))
        default: throw SchemaError("\(message).\(text(item.name)): this type is not used here")
        }
    }

    private func service(
        _ item: Google__Protobuf__ServiceDescriptorProto, _ package: String, _ path: [Int32]
    ) throws -> ProtoService {
        let methods = try list(item.method, item.n_method).enumerated().map { index, method in
            guard method.client_streaming == 0 else {
                throw SchemaError("\(text(method.name)): streams from the client are not used here")
            }
            return ProtoMethod(
                name: text(method.name), comment: comments[path + [Self.inner, Int32(index)]] ?? "",
                request: try local(method.input_type), response: try local(method.output_type),
                isStreaming: method.server_streaming != 0)
        }
        return ProtoService(package: package, name: text(item.name), comment: comments[path] ?? "", methods: methods)
    }

    /// The name of a type of this package, without the package.
    private func local(_ name: UnsafeMutablePointer<CChar>?) throws -> String {
        let full = text(name)
        let prefix = ".\(text(descriptor.package))."
        guard full.hasPrefix(prefix) else { throw SchemaError("\(full) is not of package \(prefix)") }
        return String(full.dropFirst(prefix.count))
    }

    private static func comment(_ pointer: UnsafeMutablePointer<CChar>) -> String {
        text(pointer).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.first == " " ? $0.dropFirst() : $0 }.joined(separator: "\n")
            .trimmingWhitespace()
    }
}

/// A message that can hold itself would let a hostile message nest without end: refused.
private func refuseRecursion(_ schema: Schema) throws {
    let messages = schema.files.flatMap(\.messages)
    let byName = Dictionary(uniqueKeysWithValues: messages.map { ($0.name, $0) })
    func visit(_ name: String, _ path: [String]) throws {
        guard !path.contains(name) else {
            throw SchemaError("recursive message: \((path + [name]).joined(separator: " > "))")
        }
        for field in byName[name]?.fields ?? [] {
            if case .message(let inner) = field.kind { try visit(inner, path + [name]) }
        }
    }
    for message in messages { try visit(message.name, []) }
}

/// The C list of pointers as an array.
private func list<Element>(
    _ pointer: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int
) -> [Element] {
    (0..<count).map { pointer![$0]!.pointee }
}

private func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
}

extension String {
    /// Without white space at both ends.
    fileprivate func trimmingWhitespace() -> String {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
