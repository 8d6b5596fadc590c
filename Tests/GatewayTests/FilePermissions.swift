import Glibc

/// The permission bits of a file.
enum FilePermissions {
    struct Missing: Error {}

    static func of(_ path: String) throws -> UInt32 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Missing() }
        return status.st_mode & 0o777
    }
}
