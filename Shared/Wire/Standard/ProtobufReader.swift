/// Reads the wire format (protobuf.dev, "Encoding") field by field.
public struct ProtobufReader {
    /// A field's value, as it stands on the wire.
    public enum Value {
        case varint(UInt64)
        case bytes(UnsafeRawBufferPointer)
        /// 4 or 8 bytes that no message read here has.
        case fixed
    }

    private let bytes: UnsafeRawBufferPointer
    private let message: String
    private var offset = 0

    /// - Parameters:
    ///   - bytes: must outlive the reader and what it returns.
    ///   - message: the message's full name, for errors.
    public init(_ bytes: UnsafeRawBufferPointer, of message: String) {
        self.bytes = bytes
        self.message = message
    }

    /// The next field's number and value; nil at the end.
    public mutating func next() throws(MessageError) -> (field: Int, value: Value)? {
        guard offset < bytes.count else { return nil }
        let tag = try varint()
        guard (1...0x1FFF_FFFF).contains(tag >> 3) else { throw malformed }
        let field = Int(tag >> 3)
        switch tag & 7 {
        case 0: return (field, .varint(try varint()))
        case 1: return (field, try fixed(8))
        case 2:
            let length = try varint()
            guard length <= bytes.count - offset else { throw malformed }
            defer { offset += Int(length) }
            return (field, .bytes(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(length)])))
        case 5: return (field, try fixed(4))
        default: throw malformed
        }
    }

    /// The text of a field's value.
    public func text(_ value: UnsafeRawBufferPointer, _ field: String) throws(MessageError) -> String {
        guard let text = String(validating: value, as: UTF8.self) else {
            throw MessageError(message: message, field: field, fault: .notUTF8)
        }
        return text
    }

    private mutating func fixed(_ count: Int) throws(MessageError) -> Value {
        guard bytes.count - offset >= count else { throw malformed }
        offset += count
        return .fixed
    }

    private mutating func varint() throws(MessageError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard offset < bytes.count else { throw malformed }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw malformed
    }

    private var malformed: MessageError { MessageError(message: message, field: "", fault: .malformed) }
}
