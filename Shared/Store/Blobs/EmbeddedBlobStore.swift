/// Blobs beside SQLite: the small are rows of the store, so that a mail and its ticket share a commit; the large are files, which keep the
/// write-ahead log and the database small, and so is what grows by upload.
///
/// Which of the two a blob is, only its size decides when it is kept. A small one that an older release kept as a file is read from there.
public struct EmbeddedBlobStore: BlobStore {
    private let rows: RowBlobStore
    private let files: FileBlobStore

    /// - Parameter folder: the service's, where the files are.
    public init(_ store: Store, folder: String, clock: any WallClock = SystemClock()) {
        rows = RowBlobStore(store)
        files = FileBlobStore(folder: folder, clock: clock)
    }

    public func prepare(_ bytes: [UInt8]) async throws -> Blob {
        try await place(of: bytes).prepare(bytes)
    }

    public func put(_ bytes: [UInt8]) async throws -> String {
        try await place(of: bytes).put(bytes)
    }

    private func place(of bytes: [UInt8]) -> any BlobStore {
        bytes.count <= BlobLimits.rowBytes ? rows : files
    }

    public func size(of hash: String) async throws -> Int64 {
        try await kept { try await $0.size(of: hash) }
    }

    public func read(_ hash: String, offset: Int64, length: Int) async throws -> [UInt8] {
        try await kept { try await $0.read(hash, offset: offset, length: length) }
    }

    public func all(_ hash: String, limit: Int) async throws -> [UInt8] {
        try await kept { try await $0.all(hash, limit: limit) }
    }

    /// What is no row is a file.
    private func kept<R>(_ look: (any BlobStore) async throws -> R) async throws -> R {
        do {
            return try await look(rows)
        } catch StoreError.noSuchBlob {
            return try await look(files)
        }
    }

    public func hashes(after: String, limit: Int) async throws -> [String] {
        let both = try await Set(rows.hashes(after: after, limit: limit))
            .union(files.hashes(after: after, limit: limit))
        return Array(both.sorted().prefix(limit))
    }

    public func beginUpload() async throws -> String {
        try await files.beginUpload()
    }

    public func uploadSize(_ token: String) async throws -> Int64 {
        try await files.uploadSize(token)
    }

    @discardableResult
    public func append(to token: String, _ bytes: [UInt8], at offset: Int64, limit: Int64) async throws -> Int64 {
        try await files.append(to: token, bytes, at: offset, limit: limit)
    }

    public func finishUpload(_ token: String) async throws -> Blob {
        guard let bytes = try await files.uploaded(token, limit: BlobLimits.rowBytes) else {
            return try await files.finishUpload(token)
        }
        // Cut short between the two, the upload is ended once more, or collected.
        let hash = try await rows.put(bytes)
        try await files.discardUpload(token)
        return Blob(hash: hash, sizeBytes: Int64(bytes.count))
    }

    public func discardUpload(_ token: String) async throws {
        try await files.discardUpload(token)
    }

    @discardableResult
    public func collect(named: @Sendable ([String]) async throws -> Set<String>) async throws -> Int {
        try await rows.collect(named: named) + files.collect(named: named)
    }
}
