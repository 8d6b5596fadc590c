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
            out.block("public func withEncoded(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {") { out in
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
            emitWrite(message, &out)
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

    /// A writer goes from the end to the beginning, and so from the last field to the first.
    private func emitWrite(_ message: ProtoMessage, _ out: inout SourceText) {
        out.block("func write(to out: inout MessageWriter) throws(MessageError) {") { out in
            for member in message.members.sorted(by: { $0.firstNumber > $1.firstNumber }) {
                switch member {
                case .field(let field): emitWrite(field, &out)
                case .oneof(_, let fields): emitWriteOneof(member.name, fields, &out)
                }
            }
        }
    }

    private func emitWrite(_ field: ProtoField, _ out: inout SourceText) {
        let name = Naming.property(field.name)
        guard field.isOptional else { return out.line(field.writeStatement("self.\(name)")) }
        out.line("if let value = self.\(name) { \(field.writeStatement("value", isPresent: true)) }")
    }

    private func emitWriteOneof(_ name: String, _ fields: [ProtoField], _ out: inout SourceText) {
        out.line("switch self.\(name) {")
        for field in fields {
            let statement = field.writeStatement("value", isPresent: true)
            out.line("case .\(Naming.property(field.name))(let value): \(statement)")
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

    /// - Parameter isPresent: whether a zero is written too.
    func writeStatement(_ value: String, isPresent: Bool = false) -> String {
        let function = isRepeated ? repeatedWriteFunction : writeFunction
        let name = isPresent ? "present" + function.prefix(1).uppercased() + function.dropFirst() : function
        switch kind {
        case .string, .message: return "try out.\(name)(\(tag), \(value), \"\(self.name)\")"
        default: return "out.\(name)(\(tag), \(value))"
        }
    }

    private var writeFunction: String {
        switch kind {
        case .int32, .int64, .uint32, .uint64: "varint"
        case .float, .double: "fixed"
        case .bool: "bool"
        case .string: "string"
        case .bytes: "bytes"
        case .enumeration: "enumeration"
        case .message: "message"
        }
    }

    private var repeatedWriteFunction: String {
        switch kind {
        case .bytes: "byteStrings"
        default: writeFunction + "s"
        }
    }

    /// Number and wire type as they stand before the value.
    private var tag: Int32 {
        let wireType: Int32 =
            switch kind {
            case .string, .bytes, .message: 2
            case .double: isRepeated ? 2 : 1
            case .float: isRepeated ? 2 : 5
            case .int32, .int64, .uint32, .uint64, .bool, .enumeration: isRepeated ? 2 : 0
            }
        return number << 3 | wireType
    }
}
