/// A value of the model that can cross the wire. Conformances are generated.
public protocol WireMessage: Sendable, Hashable {
    /// Full name, as "firstline.v1.Ticket".
    static var messageName: String { get }

    /// Decodes, checking sizes, UTF-8, NUL and enum values. Uses memory within the arena's ceiling only.
    init(decoding bytes: UnsafeRawBufferPointer) throws(MessageError)

    /// Encodes in one pass; `write` is handed the encoded bytes, which live as long as the call.
    func withEncoded(_ write: (UnsafeRawBufferPointer) throws -> Void) throws
}

extension WireMessage {
    public init(serialized bytes: [UInt8]) throws(MessageError) {
        var outcome: Result<Self, MessageError>?
        bytes.withUnsafeBytes { buffer in
            do throws(MessageError) { outcome = .success(try Self(decoding: buffer)) } catch {
                outcome = .failure(error)
            }
        }
        self = try outcome!.get()
    }

    /// The encoded bytes.
    public func serialized() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try withEncoded { bytes = Array($0) }
        return bytes
    }
}
