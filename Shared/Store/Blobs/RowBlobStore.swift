/// Blobs as rows of the store's own database: all of them with PostgreSQL, where instances on several machines share nothing else.
public struct RowBlobStore: BlobStore {
    /// Bytes of a blob in one row.
    static let partBytes = 256 << 10
    /// Blobs that one step of a collection looks at.
    static let collectionStep = 500
    /// The counter of contents.
    static let counter = "blob_content"

    let store: Store

    public init(_ store: Store) {
        self.store = store
    }

    public func prepare(_ bytes: [UInt8]) async throws -> Blob {
        Blob(unwritten: bytes)
    }

    public func put(_ bytes: [UInt8]) async throws -> String {
        let blob = Blob(unwritten: bytes)
        try await store.write("blob.put") { try $0.keep(blob) }
        return blob.hash
    }

    public func size(of hash: String) async throws -> Int64 {
        try await store.read { try $0.blob(hash).size }
    }

    public func read(_ hash: String, offset: Int64, length: Int) async throws -> [UInt8] {
        try await store.read { reader in
            let blob = try reader.blob(hash)
            return try reader.bytes(
                of: blob.content, from: max(0, offset), count: max(0, min(length, BlobLimits.readBytes)))
        }
    }

    public func all(_ hash: String, limit: Int) async throws -> [UInt8] {
        try await store.read { reader in
            let blob = try reader.blob(hash)
            guard blob.size <= Int64(limit) else { throw StoreError.tooLarge(limit: Int64(limit)) }
            return try reader.bytes(of: blob.content, from: 0, count: Int(blob.size))
        }
    }

    public func hashes(after: String, limit: Int) async throws -> [String] {
        try await store.read { try $0.blobs(after: after, limit: limit) }
    }

    @discardableResult
    public func collect(named: @Sendable ([String]) async throws -> Set<String>) async throws -> Int {
        var removed = 0
        var after = ""
        while true {
            let old = try await store.read { [after] in try $0.blobs(after: after, limit: Self.collectionStep) }
            guard let last = old.last else { break }
            after = last
            let kept = try await named(old)
            let unnamed = old.filter { !kept.contains($0) }
            if !unnamed.isEmpty {
                removed += try await store.write("blob.collect") { transaction in
                    try unnamed.reduce(0) { try $0 + transaction.removeBlob($1) }
                }
            }
        }
        removed += try await store.write("upload.collect") { try $0.removeUploads() }
        return removed
    }
}
