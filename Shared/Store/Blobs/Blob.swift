/// Content by its SHA-256: durable already, or on its way into the transaction that names it.
///
/// ``BlobStore/prepare(_:)`` makes one; ``Transaction/keep(_:)`` keeps it beside the row that names it, so that one commit makes both durable.
public struct Blob: Sendable, Hashable {
    /// SHA-256 in lower-case hex.
    public let hash: String
    public let sizeBytes: Int64
    /// What a transaction is still to write; nil where that is done.
    let unwritten: [UInt8]?

    /// What is durable already.
    public init(hash: String, sizeBytes: Int64) {
        self.hash = hash
        self.sizeBytes = sizeBytes
        unwritten = nil
    }

    /// What becomes durable with the transaction that keeps it.
    init(unwritten bytes: [UInt8]) {
        hash = SHA256.hex(of: bytes)
        sizeBytes = Int64(bytes.count)
        unwritten = bytes
    }
}
