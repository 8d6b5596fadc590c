import Wire

/// A message of the tests' own: text as it is. Text that begins with "bad" cannot be decoded.
struct Text: WireMessage {
    static let messageName = "test.Text"

    var value: String

    init(_ value: String) {
        self.value = value
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MessageError) {
        value = String(decoding: bytes, as: UTF8.self)
        if value.hasPrefix("bad") { throw MessageError(message: Self.messageName, field: "value", fault: .notUTF8) }
    }

    func withEncoded(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try Array(value.utf8).withUnsafeBytes { try write($0) }
    }
}
