import CDescriptor
import Testing
import Wire

@Suite("Schema")
struct SchemaTests {
    @Test("No message can hold itself, so that nesting is bounded")
    func noRecursion() throws {
        let fields = try messageFields()
        func depth(_ name: String, _ path: [String]) -> Int {
            guard !path.contains(name) else {
                Issue.record("recursive: \((path + [name]).joined(separator: " > "))")
                return 0
            }
            return 1 + (fields[name]!.map { depth($0, path + [name]) }.max() ?? 0)
        }
        #expect(fields.count == everyMessage.count)
        #expect(fields.keys.map { depth($0, []) }.max()! < 10)
    }

    @Test("Reflection lists every service and method")
    func services() {
        #expect(WireSchema.services.contains { $0.name == "firstline.v1.Intake" })
        let follow = WireSchema.services.flatMap(\.methods).first { $0.name == "firstline.v1.Journal/Follow" }
        #expect(follow?.isStreaming == true)
        #expect(follow?.response == "firstline.v1.FollowResponse")
    }

    /// Of each message, by full name with a leading dot, the messages that its fields hold.
    private func messageFields() throws -> [String: [String]] {
        let bytes = WireSchema.fileDescriptorSet
        let set = try #require(google__protobuf__file_descriptor_set__unpack(nil, bytes.count, bytes))
        defer { google__protobuf__file_descriptor_set__free_unpacked(set, nil) }
        var result: [String: [String]] = [:]
        for file in (0..<set.pointee.n_file).map({ set.pointee.file[$0]!.pointee }) {
            for message in (0..<file.n_message_type).map({ file.message_type[$0]!.pointee }) {
                let fields = (0..<message.n_field).map { message.field[$0]!.pointee }
                let isMessage = { (field: Google__Protobuf__FieldDescriptorProto) in
                    field.type == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_MESSAGE
                }
                let name = ".\(String(cString: file.package)).\(String(cString: message.name))"
                result[name] = fields.filter(isMessage).map { String(cString: $0.type_name) }
            }
        }
        return result
    }
}
