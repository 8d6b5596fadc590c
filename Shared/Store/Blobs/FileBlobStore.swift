#if canImport(Glibc)
    import Glibc
#endif
import Dispatch
import Synchronization

/// Files named by the SHA-256 of their content: written and fsynced, folder too, before the transaction that names them.
///
/// Blobs live in `blobs/ab/abcd…`, uploads under their random token in `uploads/`. Equal content is one file.
/// File operations run on a few serial lanes, one for each hash, so that keeping and collecting a blob never race.
public struct FileBlobStore: BlobStore {
    static let laneCount = 4
    static let hashStepBytes = 256 << 10

    let folder: String
    let clock: any WallClock
    let onFailure: @Sendable (StoreFailure) -> Void
    private let lanes: [DispatchQueue]
    private let knownFolders: KnownFolders

    /// - Parameter folder: made with mode 0700 at the first write.
    public init(
        folder: String, clock: any WallClock = SystemClock(),
        onFailure: @escaping @Sendable (StoreFailure) -> Void = StoreFailure.stop
    ) {
        self.folder = folder
        self.clock = clock
        self.onFailure = onFailure
        lanes = (0..<Self.laneCount).map { DispatchQueue(label: "firstline.blobs.\($0)") }
        knownFolders = KnownFolders()
    }

    /// Keeps `bytes`: files are there before the transaction that names them.
    public func prepare(_ bytes: [UInt8]) async throws -> Blob {
        Blob(hash: try await put(bytes), sizeBytes: Int64(bytes.count))
    }

    /// Keeps `bytes` and returns their SHA-256 in lower-case hex, once they are durable.
    public func put(_ bytes: [UInt8]) async throws -> String {
        let hash = SHA256.hex(of: bytes)
        try await onLane(hash) {
            if try keepExisting(hash) { return }
            let temporary = try uploadPath(Hex.randomToken())
            do {
                let file = try BlobFile(temporary, .create)
                try file.write(bytes, at: 0)
                try file.sync()
            } catch {
                unlink(temporary)
                throw error
            }
            try place(temporary, as: hash)
        }
        return hash
    }

    /// The blob's length in bytes; throws ``StoreError/noSuchBlob(_:)``.
    public func size(of hash: String) async throws -> Int64 {
        try await onLane(hash) { try BlobFile(path(hash), .read).status().size }
    }

    /// Up to `length` bytes from `offset` (at most ``BlobLimits/readBytes``); fewer at the end, none beyond it.
    public func read(_ hash: String, offset: Int64, length: Int) async throws -> [UInt8] {
        try await onLane(hash) {
            let file = try BlobFile(path(hash), .read)
            let rest = max(0, try file.status().size - max(0, offset))
            return try file.read(
                at: max(0, offset), length: Int(min(rest, Int64(max(0, min(length, BlobLimits.readBytes))))))
        }
    }

    /// The whole blob, if it has at most `limit` bytes; else throws ``StoreError/tooLarge(limit:)``.
    public func all(_ hash: String, limit: Int) async throws -> [UInt8] {
        try await onLane(hash) {
            let file = try BlobFile(path(hash), .read)
            let size = try file.status().size
            guard size <= Int64(limit) else { throw StoreError.tooLarge(limit: Int64(limit)) }
            return try file.read(at: 0, length: Int(size))
        }
    }

    /// Moves a durable file to its blob's name, and makes the name durable.
    func place(_ temporary: String, as hash: String) throws {
        if try keepExisting(hash) {
            unlink(temporary)
            return
        }
        let target = try path(hash)
        try makeFolder(Folder.parent(of: target))
        try BlobFile(temporary, .extend).keep(atMilliseconds: clock.nowMilliseconds)
        guard rename(temporary, target) == 0 else { throw Folder.failure("rename blob") }
        try Folder.sync(Folder.parent(of: target))
    }

    /// Whether the blob is there already; then it is young again, and its name surely durable.
    func keepExisting(_ hash: String) throws -> Bool {
        let path = try path(hash)
        do {
            try BlobFile(path, .extend).keep(atMilliseconds: clock.nowMilliseconds)
        } catch StoreError.noSuchBlob {
            return false
        }
        try Folder.sync(Folder.parent(of: path))
        return true
    }

    func path(_ hash: String) throws(StoreError) -> String {
        guard Hex.isText(hash, count: 64) else { throw .noSuchBlob(hash) }
        return "\(folder)/blobs/\(hash.prefix(2))/\(hash)"
    }

    /// Where an upload grows; its folder is there.
    func uploadPath(_ token: String) throws -> String {
        guard Hex.isText(token, count: 32) else { throw StoreError.noSuchBlob(token) }
        try makeFolder("\(folder)/uploads")
        return "\(folder)/uploads/\(token)"
    }

    /// Runs `body` in the lane of `name`. A failed fsync stops the process.
    func onLane<R: Sendable>(_ name: String, _ body: @escaping @Sendable () throws -> R) async throws -> R {
        let lane = lanes[Int(name.utf8.first ?? 0) % lanes.count]
        return try await withCheckedThrowingContinuation { continuation in
            lane.async {
                do {
                    continuation.resume(returning: try body())
                } catch StoreError.io(let code, let message) {
                    if message.hasPrefix("fsync") {
                        onFailure(StoreFailure(store: folder, operation: "fsync", code: code, message: message))
                    }
                    continuation.resume(throwing: StoreError.io(code: code, message: message))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func makeFolder(_ path: String) throws {
        if knownFolders.contains(path) { return }
        try Folder.make(path)
        // A folder found may have been made just before a crash, and its name not yet be durable.
        try Folder.sync(Folder.parent(of: path))
        knownFolders.insert(path)
    }
}

/// The folders whose names this process has made durable.
private final class KnownFolders: Sendable {
    private let paths = Mutex<Set<String>>([])

    func contains(_ path: String) -> Bool { paths.withLock { $0.contains(path) } }
    func insert(_ path: String) { paths.withLock { _ = $0.insert(path) } }
}
