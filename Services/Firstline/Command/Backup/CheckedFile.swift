import FoundationEssentials
import Glibc
import RPC

/// A file that is written or read a piece at a time while its SHA-256 grows.
struct CheckedFile: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private var digest = SHA256Digest()
    private(set) var size: Int64 = 0

    static let pieceBytes = 1 << 20

    /// A new file, mode 0600, in a folder that is made when missing.
    init(creating path: String) throws {
        try Folders.make(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        try self.init(path, O_WRONLY | O_CREAT | O_EXCL)
    }

    init(reading path: String) throws {
        try self.init(path, O_RDONLY)
    }

    private init(_ path: String, _ flags: Int32) throws {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw CommandFailure.system("open \(path)") }
    }

    deinit {
        close(descriptor)
    }

    mutating func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw CommandFailure.system("write \(path)") }
            written += count
        }
        digest.update(bytes)
        size += Int64(bytes.count)
    }

    /// The next piece; empty at the end.
    mutating func read() throws -> [UInt8] {
        let bytes = try [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, filled in
            while true {
                let count = Glibc.read(descriptor, buffer.baseAddress, Self.pieceBytes)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw CommandFailure.system("read \(path)") }
                filled = count
                return
            }
        }
        digest.update(bytes)
        size += Int64(bytes.count)
        return bytes
    }

    /// Makes what was written durable. What the file holds, named `name`.
    consuming func finish(_ name: String) throws -> BackupManifest.File {
        guard fsync(descriptor) == 0 else { throw CommandFailure.system("fsync \(path)") }
        return summary(name)
    }

    /// What was read or written so far, named `name`.
    mutating func summary(_ name: String) -> BackupManifest.File {
        BackupManifest.File(path: name, size: size, sha256: digest.hexadecimal())
    }
}

extension CommandFailure {
    /// The system call that has just failed.
    static func system(_ action: String) -> CommandFailure {
        let code = errno
        let isFull = code == ENOSPC || code == EDQUOT
        return CommandFailure(
            "cannot \(action): \(String(cString: strerror(code)))",
            isFull ? ExitStatus.temporaryFailure : ExitStatus.cannotCreate)
    }
}
