import CDescriptor

/// A FileDescriptorSet in protobuf-c's memory, kept until the process ends.
struct DescriptorSet {
    let pointer: UnsafeMutablePointer<Google__Protobuf__FileDescriptorSet>

    init(_ bytes: [UInt8]) throws {
        guard let pointer = google__protobuf__file_descriptor_set__unpack(nil, bytes.count, bytes) else {
            throw SchemaError("not a FileDescriptorSet")
        }
        self.pointer = pointer
    }

    /// The set as reflection tells it: without comments and places in the sources.
    func withoutSources() throws -> [UInt8] {
        let copy = try DescriptorSet(packed())
        for file in copy.files { file.pointee.source_code_info = nil }
        return copy.packed()
    }

    /// The set as protoc-c is to see it. It refuses `optional`, so that flag goes while the oneof that stands for it stays; and strings
    /// are to arrive with their length (`string_as_bytes`), since a NUL would otherwise end them unseen.
    func preparedForC() throws -> [UInt8] {
        let copy = try DescriptorSet(packed())
        for file in copy.files {
            for message in list(file.pointee.message_type, file.pointee.n_message_type) {
                for field in list(message.pointee.field, message.pointee.n_field) { prepare(field) }
            }
        }
        return copy.packed()
    }

    private func prepare(_ field: UnsafeMutablePointer<Google__Protobuf__FieldDescriptorProto>) {
        field.pointee.has_proto3_optional = 0
        guard field.pointee.type == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_STRING else { return }
        let options = UnsafeMutablePointer<Google__Protobuf__FieldOptions>.allocate(capacity: 1)
        google__protobuf__field_options__init(options)
        let value = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.stringAsBytes.count)
        value.initialize(from: Self.stringAsBytes, count: Self.stringAsBytes.count)
        let unknown = UnsafeMutablePointer<ProtobufCMessageUnknownField>.allocate(capacity: 1)
        unknown.initialize(
            to: ProtobufCMessageUnknownField(
                tag: Self.fieldOptionsExtension, wire_type: PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
                len: Self.stringAsBytes.count, data: value))
        options.pointee.base.n_unknown_fields = 1
        options.pointee.base.unknown_fields = unknown
        field.pointee.options = options
    }

    private var files: [UnsafeMutablePointer<Google__Protobuf__FileDescriptorProto>] {
        list(pointer.pointee.file, pointer.pointee.n_file)
    }

    private func packed() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: google__protobuf__file_descriptor_set__get_packed_size(pointer))
        google__protobuf__file_descriptor_set__pack(pointer, &bytes)
        return bytes
    }

    private func list<Element>(
        _ pointer: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int
    ) -> [UnsafeMutablePointer<Element>] {
        (0..<count).map { pointer![$0]! }
    }

    /// The extension `pb_c_field` of google.protobuf.FieldOptions (protobuf-c.proto).
    private static let fieldOptionsExtension: UInt32 = 1019
    /// Its value `{string_as_bytes: true}`, with the length before it.
    private static let stringAsBytes: [UInt8] = [2, 0x08, 1]
}
