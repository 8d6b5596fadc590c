/// Content by its SHA-256: durable no later than the transaction that names it, equal content kept once, and uploads that grow into it.
public protocol BlobStore: Sendable {
    /// Makes `bytes` ready for the transaction that names them, which keeps them with ``Transaction/keep(_:)``.
    func prepare(_ bytes: [UInt8]) async throws -> Blob
    /// Keeps `bytes` by themselves and returns their SHA-256 in lower-case hex, once they are durable.
    func put(_ bytes: [UInt8]) async throws -> String
    /// The blob's length in bytes; throws ``StoreError/noSuchBlob(_:)``.
    func size(of hash: String) async throws -> Int64
    /// Up to `length` bytes from `offset` (at most ``BlobLimits/readBytes``); fewer at the end, none beyond it.
    func read(_ hash: String, offset: Int64, length: Int) async throws -> [UInt8]
    /// The whole blob, if it has at most `limit` bytes; else throws ``StoreError/tooLarge(limit:)``.
    func all(_ hash: String, limit: Int) async throws -> [UInt8]
    /// Up to `limit` hashes that are greater than `after`, in order.
    func hashes(after: String, limit: Int) async throws -> [String]

    /// Begins an upload and returns its token: 128 random bits in hex, which bind it to whoever was told.
    func beginUpload() async throws -> String
    /// The bytes that the upload has, and so where it goes on.
    func uploadSize(_ token: String) async throws -> Int64
    /// Adds a chunk at `offset`, which must be where the upload ends, and returns its new length once the chunk is durable.
    /// Throws ``StoreError/wrongOffset(expected:)`` for another offset, ``StoreError/tooLarge(limit:)`` beyond `limit` bytes.
    @discardableResult
    func append(to token: String, _ bytes: [UInt8], at offset: Int64, limit: Int64) async throws -> Int64
    /// Ends the upload: what came is now a blob.
    func finishUpload(_ token: String) async throws -> Blob
    /// Gives an upload up. One that is not there is given up already.
    func discardUpload(_ token: String) async throws

    /// Removes what is old and unnamed; returns how many blobs and uploads.
    ///
    /// - Parameter named: answers which of these hashes the store names. A blob that is put again meanwhile is young again, and stays.
    @discardableResult
    func collect(named: @Sendable ([String]) async throws -> Set<String>) async throws -> Int
}

extension BlobStore {
    /// From its beginning.
    public func read(_ hash: String, offset: Int64 = 0) async throws -> [UInt8] {
        try await read(hash, offset: offset, length: BlobLimits.readBytes)
    }
}

/// The bounds of a blob store.
public enum BlobLimits {
    /// Bytes that one read or one chunk may have.
    public static let readBytes = 8 << 20
    /// Beside SQLite, what is no longer than this is a row, and what is longer a file.
    public static let rowBytes = 64 << 10
    /// A blob that nobody names, and an upload that nobody goes on with, are removed after a day.
    public static let unnamedMilliseconds: Int64 = 24 * 3600 * 1000
}
