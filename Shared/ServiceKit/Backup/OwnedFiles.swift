import FoundationEssentials
import Glibc
import Store

/// The files in a service's folder that a backup holds.
struct OwnedFiles: Sendable {
    let folder: String

    /// The store's file, which is copied from a snapshot and never as it lies there.
    static let database = "store.sqlite"
    /// Names in the folder that say nothing about the service: the database itself and its log, locks, where the process listens, uploads that
    /// have not ended, and what a backup or a restore leaves for a moment.
    private static let passing: Set<String> = [
        database, database + "-wal", database + "-shm", "lock", "endpoints.json", "uploads", copies, Restoration.mark,
    ]
    private static let copies = "backup"

    /// Paths within the folder of every regular file that is to be copied, sorted.
    func list() throws -> [String] {
        var found: [String] = []
        for name in try names("").sorted() where !Self.passing.contains(name) && !MigrationCopies.isOne(name) {
            try add(name, to: &found)
        }
        return found
    }

    /// Where the copy of the database is made before it is sent.
    func makeCopyPath(_ token: String) throws -> String {
        removeCopies()
        let path = "\(folder)/\(Self.copies)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return "\(path)/\(token).sqlite"
    }

    /// Removes what this or an earlier backup has left.
    func removeCopies() {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(Self.copies)")
    }

    private func add(_ path: String, to found: inout [String]) throws {
        var status = stat()
        guard lstat("\(folder)/\(path)", &status) == 0 else {
            // A file that was collected while we looked is none that the snapshot names.
            if errno == ENOENT { return }
            throw StoreError.io(code: errno, message: "stat \(path): \(String(cString: strerror(errno)))")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: found.append(path)
        case S_IFDIR: for name in try names(path).sorted() { try add(path + "/" + name, to: &found) }
        default: break
        }
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(path)")
    }
}

/// One file that is read from its beginning to its end.
struct OwnedFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw OwnedFile.failure("open", path) }
    }

    deinit {
        close(descriptor)
    }

    /// The next bytes, up to `count`; none at the end.
    func read(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = Glibc.read(descriptor, buffer.baseAddress! + filled, count - filled)
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw OwnedFile.failure("read", path) }
                if got == 0 { return }
                filled += got
            }
        }
    }

    private static func failure(_ action: String, _ path: String) -> StoreError {
        .io(code: errno, message: "\(action) \(path): \(String(cString: strerror(errno)))")
    }
}
