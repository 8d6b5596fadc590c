import Glibc

/// A small file that is made, synced and removed again, to see whether that can be done.
enum TrialFile {
    struct Problem: Sendable, Hashable {
        /// "write".
        var action: String
        /// The system's errno.
        var code: Int32
    }

    /// What keeps a file from being made in `folder` and being made durable; nil when nothing does.
    static func problem(in folder: String) -> Problem? {
        let path = "\(folder)/.doctor-\(getpid())"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return Problem(action: "make a file", code: errno) }
        defer {
            close(descriptor)
            unlink(path)
        }
        let bytes = [UInt8](repeating: 0x55, count: 4096)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { return Problem(action: "write", code: errno) }
        guard fsync(descriptor) == 0 else { return Problem(action: "fsync", code: errno) }
        let holder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard holder >= 0 else { return Problem(action: "open the folder", code: errno) }
        defer { close(holder) }
        return fsync(holder) == 0 ? nil : Problem(action: "fsync the folder", code: errno)
    }
}
