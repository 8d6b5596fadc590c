/// Emits the conversions of one file's messages: between Swift values and protobuf-c's structs, both ways in one place.
struct MessagesEmitter {
    let file: ProtoFile

    func source() -> String {
        var out = SourceText(origin: "proto/\(file.path)")
        out.line("import CWire")
        out.line("public import Model")
        for message in file.messages {
            out.line()
            emitPublic(message, &out)
            out.line()
            emitConversions(message, &out)
        }
        return out.text
    }

    private func emitPublic(_ message: ProtoMessage, _ out: inout SourceText) {
        out.block("extension \(message.name): WireMessage {") { out in
            out.line("public static var messageName: String { \"\(message.fullName)\" }")
            out.line()
            out.block("public init(decoding bytes: UnsafeRawBufferPointer) throws(MessageError) {") { out in
                out.line("try self.init(decodingC: bytes)")
            }
            out.line()
            out.block(
                "public func withEncoded<Result>(_ write: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {"
            ) { out in
                out.line("try withEncodedC(write)")
            }
        }
    }

    private func emitConversions(_ message: ProtoMessage, _ out: inout SourceText) {
        let function = Naming.cFunction(message.package, message.name)
        out.block("extension \(message.name): CMessage {") { out in
            out.line("typealias C = \(Naming.cType(message.package, message.name))")
            out.line()
            out.line("static func initialize(_ c: UnsafeMutablePointer<C>) { \(function)__init(c) }")
            out.line()
            out.line("static func unpack(")
            out.line("    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,")
            out.line("    _ count: Int, _ bytes: UnsafePointer<UInt8>?")
            out.line(") -> UnsafeMutablePointer<C>? { \(function)__unpack(allocator, count, bytes) }")
            out.line()
            emitRead(message, &out)
            out.line()
            emitFill(message, &out)
            for case .oneof(let name, let fields) in message.members { emitOneof(name, fields, &out) }
        }
    }

    private func emitRead(_ message: ProtoMessage, _ out: inout SourceText) {
        out.block("init(c: UnsafeMutablePointer<C>) throws(MessageError) {") { out in
            let members = message.members
            guard !members.isEmpty else { return out.line("self.init()") }
            let canFail = message.fields.contains(where: \.canFail)
            out.block(canFail ? "try self.init(" : "self.init(", closing: ")") { out in
                for (index, member) in members.enumerated() {
                    let comma = index + 1 < members.count ? "," : ""
                    switch member {
                    case .field(let field): out.line("\(member.name): \(field.readExpression)\(comma)")
                    case .oneof: out.line("\(member.name): Self.read\(Naming.upperCamel(member.name))(c)\(comma)")
                    }
                }
            }
        }
    }

    private func emitFill(_ message: ProtoMessage, _ out: inout SourceText) {
        out.block("func fill(_ c: UnsafeMutablePointer<C>, _ arena: Arena) throws(MessageError) {") { out in
            out.line("Self.initialize(c)")
            for member in message.members {
                switch member {
                case .field(let field): emitFill(field, &out)
                case .oneof(_, let fields): emitFillOneof(member.name, fields, &out)
                }
            }
        }
    }

    private func emitFill(_ field: ProtoField, _ out: inout SourceText) {
        let name = Naming.property(field.name)
        if field.isRepeated { out.line("c.pointee.n_\(field.cName) = self.\(name).count") }
        guard field.isOptional else {
            return out.line("c.pointee.\(field.cName) = \(field.writeExpression("self.\(name)"))")
        }
        out.block("if let value = self.\(name) {") { out in
            out.line("c.pointee._\(field.cName)_case = .init(rawValue: \(field.number))")
            out.line("c.pointee.\(field.cName) = \(field.writeExpression("value"))")
        }
    }

    private func emitFillOneof(_ name: String, _ fields: [ProtoField], _ out: inout SourceText) {
        out.line("switch self.\(name) {")
        for field in fields {
            out.line("case .\(Naming.property(field.name))(let value):")
            out.line("    c.pointee.\(field.oneof!)_case = .init(rawValue: \(field.number))")
            out.line("    c.pointee.\(field.cName) = \(field.writeExpression("value"))")
        }
        out.line("case nil: break")
        out.line("}")
    }

    private func emitOneof(_ name: String, _ fields: [ProtoField], _ out: inout SourceText) {
        let type = Naming.upperCamel(name)
        out.line()
        let parameter = "_ c: UnsafeMutablePointer<C>"
        out.block("private static func read\(type)(\(parameter)) throws(MessageError) -> \(type)? {") { out in
            out.line("switch c.pointee.\(name)_case.rawValue {")
            for field in fields {
                let value = "try decodeMessage(c.pointee.\(field.cName), \"\(field.name)\")"
                out.line("case \(field.number): \(value).map(\(type).\(Naming.property(field.name)))")
            }
            out.line("default: nil")
            out.line("}")
        }
    }
}

extension ProtoField {
    /// The field's name in the C struct, as protoc-c makes it.
    var cName: String { name.lowercased() }

    /// Whether reading it can fail.
    var canFail: Bool {
        switch kind {
        case .string, .enumeration, .message: true
        default: false
        }
    }

    var readExpression: String {
        let c = "c.pointee.\(cName)"
        if isRepeated { return repeatedReadExpression(c, count: "c.pointee.n_\(cName)") }
        let value =
            switch kind {
            case .string: "decodeString(\(c), \"\(name)\")"
            case .bytes: "decodeBytes(\(c))"
            case .bool: "\(c) != 0"
            case .enumeration: "decodeEnum(\(c).rawValue, \"\(name)\")"
            case .message: "decodeMessage(\(c), \"\(name)\")"
            default: c
            }
        return isOptional ? "c.pointee._\(cName)_case.rawValue == \(number) ? \(value) : nil" : value
    }

    private func repeatedReadExpression(_ c: String, count: String) -> String {
        switch kind {
        case .string: "decodeStrings(\(c), \(count), \"\(name)\")"
        case .bytes: "decodeByteStrings(\(c), \(count))"
        case .bool: "decodeBools(\(c), \(count))"
        case .enumeration: "decodeEnums(\(c), \(count), \"\(name)\")"
        case .message: "decodeMessages(\(c), \(count), \"\(name)\")"
        default: "decodeNumbers(\(c), \(count))"
        }
    }

    func writeExpression(_ value: String) -> String {
        if isRepeated {
            switch kind {
            case .string: return "try encodeStrings(\(value), \"\(name)\", arena)"
            case .bytes: return "encodeByteStrings(\(value), arena)"
            case .bool: return "encodeBools(\(value), arena)"
            case .enumeration: return "encodeEnums(\(value), arena)"
            case .message: return "try encodeMessages(\(value), \"\(name)\", arena)"
            default: return "encodeNumbers(\(value), arena)"
            }
        }
        switch kind {
        case .string: return "try encodeString(\(value), \"\(name)\", arena)"
        case .bytes: return "encodeBytes(\(value), arena)"
        case .bool: return "\(value) ? 1 : 0"
        case .enumeration: return ".init(rawValue: encodeEnum(\(value)))"
        case .message: return "try encodeMessage(\(value), \"\(name)\", arena)"
        default: return value
        }
    }
}
