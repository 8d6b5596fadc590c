/// Emits, for the tests, how a random value of each message is made.
struct SamplesEmitter {
    let schema: Schema

    func source() -> String {
        var out = SourceText(origin: "proto/firstline/v1/*.proto")
        out.line("import Model")
        out.line("import Wire")
        out.line()
        let messages = schema.files.flatMap(\.messages)
        out.line("/// Every message of the schema.")
        out.block("let everyMessage: [any SampleMessage.Type] = [", closing: "]") { out in
            for message in messages { out.line("\(message.name).self,") }
        }
        for message in messages {
            out.line()
            emit(message, &out)
        }
        return out.text
    }

    private func emit(_ message: ProtoMessage, _ out: inout SourceText) {
        out.block("extension \(message.name): SampleMessage {") { out in
            out.block("static func sample(_ samples: inout Samples) -> \(message.name) {") { out in
                let members = message.members
                guard !members.isEmpty else { return out.line("\(message.name)()") }
                out.block("\(message.name)(", closing: ")") { out in
                    for (index, member) in members.enumerated() {
                        let comma = index + 1 < members.count ? "," : ""
                        out.line("\(member.name): \(expression(member, of: message))\(comma)")
                    }
                }
            }
        }
    }

    private func expression(_ member: Member, of message: ProtoMessage) -> String {
        switch member {
        case .oneof(let name, let fields):
            let type = "\(message.name).\(Naming.upperCamel(name))"
            let cases = fields.map { "{ \(type).\(Naming.property($0.name))(\($0.valueType).sample(&$0)) }" }
            return "samples.oneOf([\(cases.joined(separator: ", "))])"
        case .field(let field):
            let one =
                switch field.kind {
                case .message(let name): "\(name).sample(&$0)"
                case .enumeration(let name): "$0.enumeration(\(name).self)"
                case .string: "$0.string()"
                case .bytes: "$0.bytes()"
                case .bool: "$0.bool()"
                case .float, .double: "$0.real()"
                default: "$0.integer()"
                }
            if field.isRepeated { return "samples.array { \(one) }" }
            if field.isOptional || field.isMessage { return "samples.optional { \(one) }" }
            return one.replacing("$0", with: "samples")
        }
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard hasPrefix(part) else { return self }
        return other + dropFirst(part.count)
    }
}
