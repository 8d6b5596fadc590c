/// What a service tells of its messages: a `google.protobuf.FileDescriptorSet`, read as far as JSON needs it.
struct DescriptorSet {
    /// `google.protobuf.FieldDescriptorProto.Type`, those that Firstline's messages use.
    enum FieldType: UInt64 {
        case double = 1
        case int64 = 3
        case uint64 = 4
        case int32 = 5
        case bool = 8
        case string = 9
        case message = 11
        case bytes = 12
        case uint32 = 13
        case enumeration = 14
    }

    struct Field {
        var name = ""
        var number = 0
        var type = FieldType.int64
        /// Full name of the message or enumeration.
        var typeName = ""
        var repeated = false
    }

    struct Method {
        var name = ""
        var input = ""
        var output = ""
        var serverStreaming = false
    }

    private(set) var messages: [String: [Field]] = [:]
    private(set) var enumerations: [String: [(name: String, number: Int32)]] = [:]
    /// By full name, as "firstline.v1.Intake".
    private(set) var services: [String: [Method]] = [:]

    init(_ bytes: [UInt8]) throws {
        try Self.each(bytes[...]) { number, value in
            if number == 1 { try readFile(value) }
        }
    }

    private mutating func readFile(_ bytes: ArraySlice<UInt8>) throws {
        var package = ""
        try Self.each(bytes) { number, value in
            switch number {
            case 2: package = Self.text(value)
            case 4: try readMessage(value, in: package)
            case 5: try readEnumeration(value, in: package)
            case 6: try readService(value, in: package)
            default: break
            }
        }
    }

    private mutating func readMessage(_ bytes: ArraySlice<UInt8>, in package: String) throws {
        var name = ""
        var fields: [Field] = []
        try Self.each(bytes) { number, value in
            switch number {
            case 1: name = package + "." + Self.text(value)
            case 2: fields.append(try Self.field(value))
            case 4: try readEnumeration(value, in: name)
            default: break
            }
        }
        messages[name] = fields
    }

    private static func field(_ bytes: ArraySlice<UInt8>) throws -> Field {
        var field = Field()
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let name)): field.name = text(name)
            case (3, .varint(let value)): field.number = Int(value)
            case (4, .varint(let label)): field.repeated = label == 3
            case (5, .varint(let type)):
                guard let known = FieldType(rawValue: type) else {
                    throw CommandFailure("field \(field.name) has a type that JSON cannot show", ExitStatus.software)
                }
                field.type = known
            case (6, .bytes(let name)): field.typeName = String(text(name).dropFirst())
            default: break
            }
        }
        return field
    }

    private mutating func readEnumeration(_ bytes: ArraySlice<UInt8>, in package: String) throws {
        var name = ""
        var values: [(String, Int32)] = []
        try Self.each(bytes) { number, value in
            if number == 1 { name = package + "." + Self.text(value) }
            guard number == 2 else { return }
            var valueName = ""
            var valueNumber: Int32 = 0
            var reader = WireReader(value)
            while let (number, field) = try reader.next() {
                if number == 1, case .bytes(let bytes) = field { valueName = Self.text(bytes) }
                if number == 2, case .varint(let value) = field { valueNumber = Int32(truncatingIfNeeded: value) }
            }
            values.append((valueName, valueNumber))
        }
        enumerations[name] = values
    }

    private mutating func readService(_ bytes: ArraySlice<UInt8>, in package: String) throws {
        var name = ""
        var methods: [Method] = []
        try Self.each(bytes) { number, value in
            if number == 1 { name = package + "." + Self.text(value) }
            guard number == 2 else { return }
            var method = Method()
            var reader = WireReader(value)
            while let (number, field) = try reader.next() {
                switch (number, field) {
                case (1, .bytes(let bytes)): method.name = Self.text(bytes)
                case (2, .bytes(let bytes)): method.input = String(Self.text(bytes).dropFirst())
                case (3, .bytes(let bytes)): method.output = String(Self.text(bytes).dropFirst())
                case (6, .varint(let flag)): method.serverStreaming = flag != 0
                default: break
                }
            }
            methods.append(method)
        }
        services[name] = methods
    }

    /// Hands on each length-delimited field of a message.
    private static func each(_ bytes: ArraySlice<UInt8>, _ body: (Int, ArraySlice<UInt8>) throws -> Void) throws {
        var reader = WireReader(bytes)
        while let (number, field) = try reader.next() {
            if case .bytes(let value) = field { try body(number, value) }
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
