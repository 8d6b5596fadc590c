/// Writes the wire format (protobuf.dev, "Encoding") of the few standard messages that are none of our schema. Zero values are left out.
public struct ProtobufWriter: Sendable {
    public private(set) var encoded: [UInt8] = []

    public init() {}

    public mutating func varint(_ field: Int, _ value: UInt64) {
        if value == 0 { return }
        append(UInt64(field) << 3)
        append(value)
    }

    public mutating func string(_ field: Int, _ value: String) {
        if !value.isEmpty { bytes(field, Array(value.utf8)) }
    }

    /// Written even when empty: a message inside another one is there or not.
    public mutating func bytes(_ field: Int, _ value: [UInt8]) {
        append(UInt64(field) << 3 | 2)
        append(UInt64(value.count))
        encoded += value
    }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            encoded.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        encoded.append(UInt8(rest))
    }
}
