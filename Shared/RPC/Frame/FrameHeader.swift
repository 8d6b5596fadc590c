/// The first 12 bytes of every frame, big-endian.
struct FrameHeader: Hashable, Sendable {
    /// Bytes of head and body, without this header.
    var length: Int
    var stream: StreamID
    /// Raw, since unknown types are skipped.
    var type: UInt8
    var flags: FrameFlags
    /// Bytes of the payload that are its head; the body is the rest.
    var headLength: Int

    static let size = 12
}

extension FrameHeader {
    /// - Parameter bytes: at least `size` of them.
    func write(to bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBytes(of: UInt32(length).bigEndian, toByteOffset: 0, as: UInt32.self)
        bytes.storeBytes(of: stream.rawValue.bigEndian, toByteOffset: 4, as: UInt32.self)
        bytes[8] = type
        bytes[9] = flags.rawValue
        bytes.storeBytes(of: UInt16(headLength).bigEndian, toByteOffset: 10, as: UInt16.self)
    }

    /// - Parameter bytes: at least `size` of them.
    init(_ bytes: UnsafeRawBufferPointer) {
        length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)))
        stream = StreamID(rawValue: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        type = bytes[8]
        flags = FrameFlags(rawValue: bytes[9])
        headLength = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 10, as: UInt16.self)))
    }
}
