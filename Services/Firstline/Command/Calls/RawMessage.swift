import Wire

/// A message as bytes, for callers that know its type only at run time.
struct RawMessage: WireMessage {
    static let messageName = "raw"

    var bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self.bytes = Array(bytes)
    }

    func withEncoded(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try bytes.withUnsafeBytes(write)
    }
}
