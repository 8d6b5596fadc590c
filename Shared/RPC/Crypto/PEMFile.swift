import Glibc

/// Files of keys and certificates. A file is written beside its name and then renamed, so that a reader never sees half of one, and nobody
/// but its owner ever sees a key.
public enum PEMFile {
    /// Replaces the file at `path`. The new one has `mode` from its first byte on.
    public static func write(_ text: String, to path: String, mode: UInt32) throws {
        let temporary = path + "." + SecureRandom.bytes(6).hexadecimal
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("write \(path)") }
        var written = 0
        let bytes = Array(text.utf8)
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return try abandon(temporary, descriptor, failure("write \(path)")) }
            written += count
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            return try abandon(temporary, descriptor, failure("write \(path)"))
        }
        close(descriptor)
    }

    /// The whole file.
    public static func read(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read \(path)") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longestFile)
        var length = 0
        while length < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + length, $0.count - length)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read \(path)") }
            if count == 0 { return String(decoding: bytes[..<length], as: UTF8.self) }
            length += count
        }
        throw TLSError("read \(path)", reason: "it is longer than \(longestFile) bytes")
    }

    private static func abandon(_ temporary: String, _ descriptor: Int32, _ error: TLSError) throws {
        close(descriptor)
        unlink(temporary)
        throw error
    }

    private static func failure(_ action: String) -> TLSError {
        TLSError(action, reason: String(cString: strerror(errno)))
    }

    private static let longestFile = 64 * 1_024
}
