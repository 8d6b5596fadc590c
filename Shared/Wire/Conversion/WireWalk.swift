import CWire

/// Finds the field to name when protobuf-c refuses a message: it says only that it does.
///
/// Walks the wire format (protobuf.dev, "Encoding") along the descriptor. Only on the way of errors, and only so far: a message of millions of
/// fields is not worth the time of naming one.
struct WireWalk {
    private let bytes: UnsafeRawBufferPointer
    private let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

    init(_ bytes: UnsafeRawBufferPointer, of descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
        self.bytes = bytes
        self.descriptor = descriptor
    }

    /// Fields looked at before the walk gives up.
    private static let longestWalk = 10_000

    /// The path of the first field that cannot be read; empty when that is a tag of the outermost message, or too far away.
    var malformedField: String {
        var left = Self.longestWalk
        return firstFault(&left)?.joined(separator: ".") ?? ""
    }

    /// The names on the way to the first field whose value is cut off or of the wrong wire type; those of the messages around it when
    /// its tag is broken; nil when there is no fault.
    private func firstFault(_ left: inout Int) -> [String]? {
        var offset = 0
        while offset < bytes.count, left > 0 {
            left -= 1
            guard let field = Field(bytes, &offset, descriptor) else { return [] }
            guard let value = field.value, field.fits else { return [field.name] }
            guard let inner = field.message else { continue }
            let walk = WireWalk(UnsafeRawBufferPointer(rebasing: bytes[value]), of: inner)
            if let path = walk.firstFault(&left) { return [field.name] + path }
        }
        return nil
    }

    /// The field of the message that takes most bytes, judged by its beginning.
    var largestField: String {
        var offset = 0
        var sizes: [String: Int] = [:]
        var left = Self.longestWalk
        while offset < bytes.count, left > 0 {
            left -= 1
            let start = offset
            guard let field = Field(bytes, &offset, descriptor), field.value != nil else { break }
            sizes[field.name, default: 0] += offset - start
        }
        return sizes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }
}

/// One field on the wire.
private struct Field {
    /// The name in the `.proto` file; the number of an unknown field.
    let name: String
    /// Where the value stands; nil when it is cut off.
    let value: Range<Int>?
    /// Whether the wire type is one of the field's type.
    let fits: Bool
    /// The descriptor of the value, when that is a message.
    let message: UnsafePointer<ProtobufCMessageDescriptor>?

    /// Reads at `offset` and moves it behind the field. Nil when the tag is broken.
    init?(
        _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) {
        guard let tag = Self.varint(bytes, &offset), tag >> 3 > 0, tag >> 3 <= Self.largestNumber else { return nil }
        let known = protobuf_c_message_descriptor_get_field(descriptor, UInt32(tag >> 3))?.pointee
        name = known.map { String(cString: $0.name) } ?? "\(tag >> 3)"
        value = Self.value(bytes, &offset, wireType: tag & 7)
        fits = known.map { Self.accepts($0, wireType: tag & 7) } ?? (tag & 7 != 3 && tag & 7 != 4)
        let type = known?.type == PROTOBUF_C_TYPE_MESSAGE ? known?.descriptor : nil
        message = type?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    }

    private static func value(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int, wireType: UInt64) -> Range<Int>? {
        var length: UInt64
        switch wireType {
        case 0:
            let start = offset
            return varint(bytes, &offset).map { _ in start..<offset }
        case 1: length = 8
        case 2:
            guard let read = varint(bytes, &offset) else { return nil }
            length = read
        case 5: length = 4
        default: return nil
        }
        guard length <= UInt64(bytes.count - offset) else { return nil }
        defer { offset += Int(length) }
        return offset..<offset + Int(length)
    }

    private static func accepts(_ field: ProtobufCFieldDescriptor, wireType: UInt64) -> Bool {
        switch field.type {
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: wireType == 2
        case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64:
            wireType == 1 || (wireType == 2 && field.label == PROTOBUF_C_LABEL_REPEATED)
        case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32:
            wireType == 5 || (wireType == 2 && field.label == PROTOBUF_C_LABEL_REPEATED)
        default: wireType == 0 || (wireType == 2 && field.label == PROTOBUF_C_LABEL_REPEATED)
        }
    }

    private static func varint(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64? {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard offset < bytes.count else { return nil }
            let byte = bytes[offset]
            offset += 1
            result |= shift < 64 ? UInt64(byte & 0x7f) << shift : 0
            if byte < 0x80 { return result }
        }
        return nil
    }

    private static let largestNumber: UInt64 = 536_870_911
}
