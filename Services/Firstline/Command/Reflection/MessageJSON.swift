import FoundationEssentials
import Model

/// Turns messages into JSON and back by their descriptors. Names are those of the `.proto` files; enumeration values go by name, bytes by
/// Base64, integers as numbers.
struct MessageJSON {
    let descriptors: DescriptorSet

    // MARK: Decoding

    func decode(_ bytes: ArraySlice<UInt8>, as message: String) throws -> JSONValue {
        let fields = try fields(of: message)
        var values: [Int: [JSONValue]] = [:]
        var reader = WireReader(bytes)
        while let (number, wire) = try reader.next() {
            guard let field = fields.first(where: { $0.number == number }) else { continue }
            values[number, default: []] += try decode(wire, as: field)
        }
        return .object(
            fields.compactMap { field in
                guard let found = values[field.number], let last = found.last else { return nil }
                return JSONMember(name: field.name, value: field.repeated ? .array(found) : last)
            })
    }

    private func decode(_ wire: WireReader.Field, as field: DescriptorSet.Field) throws -> [JSONValue] {
        switch (field.type, wire) {
        case (.message, .bytes(let bytes)): [try decode(bytes, as: field.typeName)]
        case (.string, .bytes(let bytes)): [.string(String(decoding: bytes, as: UTF8.self))]
        case (.bytes, .bytes(let bytes)): [.string(Data(bytes).base64EncodedString())]
        case (_, .bytes(let packed)): try WireReader.varints(packed).map { scalar($0, as: field) }
        case (_, .varint(let value)): [scalar(value, as: field)]
        case (.double, .fixed64(let bits)): [.number(Double(bitPattern: bits))]
        case (_, .fixed64), (_, .fixed32): throw mismatch(field)
        }
    }

    private func scalar(_ value: UInt64, as field: DescriptorSet.Field) -> JSONValue {
        switch field.type {
        case .bool: .bool(value != 0)
        case .enumeration:
            (descriptors.enumerations[field.typeName] ?? []).first { $0.number == Int32(truncatingIfNeeded: value) }
                .map { .string($0.name) } ?? .integer(Int64(bitPattern: value))
        default: .integer(Int64(bitPattern: value))
        }
    }

    // MARK: Encoding

    func encode(_ value: JSONValue, as message: String, path: String = "") throws -> [UInt8] {
        guard case .object(let members) = value else {
            throw CommandFailure("\(path.isEmpty ? message : path): an object is wanted", ExitStatus.dataError)
        }
        let fields = try fields(of: message)
        var writer = WireWriter()
        for member in members {
            let (name, value) = (member.name, member.value)
            let here = path.isEmpty ? name : "\(path).\(name)"
            guard let field = fields.first(where: { $0.name == name }) else {
                throw CommandFailure("\(here): \(message) has no such field", ExitStatus.dataError)
            }
            switch (field.repeated, value) {
            case (_, .null): break
            case (true, .array(let elements)):
                for element in elements { try encode(element, as: field, path: here, into: &writer) }
            case (true, _): throw CommandFailure("\(here): an array is wanted", ExitStatus.dataError)
            case (false, let value): try encode(value, as: field, path: here, into: &writer)
            }
        }
        return writer.bytes
    }

    private func encode(
        _ value: JSONValue, as field: DescriptorSet.Field, path: String, into writer: inout WireWriter
    ) throws {
        switch (field.type, value) {
        case (.message, let value):
            writer.data(field.number, try encode(value, as: field.typeName, path: path))
        case (.string, .string(let text)): writer.data(field.number, text.utf8)
        case (.bytes, .string(let text)):
            guard let data = Data(base64Encoded: text) else {
                throw CommandFailure("\(path): Base64 is wanted", ExitStatus.dataError)
            }
            writer.data(field.number, data)
        case (.bool, .bool(let flag)): writer.varint(field.number, flag ? 1 : 0)
        case (.double, .number(let number)): writer.fixed64(field.number, number.bitPattern)
        case (.double, .integer(let integer)): writer.fixed64(field.number, Double(integer).bitPattern)
        case (.enumeration, .string(let name)):
            let values = descriptors.enumerations[field.typeName] ?? []
            guard let known = values.first(where: { $0.name == name }) else {
                let names = values.map(\.name).joined(separator: ", ")
                throw CommandFailure("\(path): one of \(names) is wanted", ExitStatus.dataError)
            }
            writer.varint(field.number, UInt64(bitPattern: Int64(known.number)))
        case (.int64, .integer(let integer)), (.int32, .integer(let integer)),
            (.uint64, .integer(let integer)), (.uint32, .integer(let integer)):
            writer.varint(field.number, UInt64(bitPattern: integer))
        default: throw CommandFailure("\(path): a \(field.type) is wanted", ExitStatus.dataError)
        }
    }

    private func fields(of message: String) throws -> [DescriptorSet.Field] {
        guard let fields = descriptors.messages[message] else {
            throw CommandFailure("the service knows no message \(message)", ExitStatus.software)
        }
        return fields
    }

    private func mismatch(_ field: DescriptorSet.Field) -> CommandFailure {
        CommandFailure("\(field.name) came in an unexpected form", ExitStatus.software)
    }
}
