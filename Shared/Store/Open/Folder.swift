#if canImport(Glibc)
    import Glibc
#endif

/// Folders as a store needs them: private, and durable once they are said to exist.
enum Folder {
    /// Makes `path` and its missing parents, mode 0700, each made durable in its own parent.
    static func make(_ path: String) throws(StoreError) {
        if mkdir(path, 0o700) == 0 {
            try sync(parent(of: path))
            return
        }
        switch errno {
        case EEXIST:
            return
        case ENOENT:
            try make(parent(of: path))
            try make(path)
        default:
            throw failure("mkdir")
        }
    }

    /// Makes the folder's entries durable.
    static func sync(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open folder") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failedSync() }
    }

    static func parent(of path: String) -> String {
        let trimmed = path.hasSuffix("/") && path.count > 1 ? path.dropLast() : path[...]
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    /// The error for the fsync that has just failed: never a mere lack of space, whatever its code, for what was written may be lost.
    static func failedSync() -> StoreError {
        let code = errno
        return .io(code: code, message: "fsync: \(String(cString: strerror(code)))")
    }

    /// The error for the system call that has just failed.
    static func failure(_ operation: String) -> StoreError {
        let code = errno
        if code == ENOSPC || code == EDQUOT { return .full }
        return .io(code: code, message: "\(operation): \(String(cString: strerror(code)))")
    }
}
