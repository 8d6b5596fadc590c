import Glibc

/// What the system tells of a file (stat(2)).
struct FileStatus: Sendable, Hashable {
    /// The permission bits.
    var mode: UInt32
    var owner: UInt32
    var device: UInt64
    var size: Int64
    /// When its content was changed last, in milliseconds since the epoch.
    var changedAtMilliseconds: Int64

    /// Nil when there is no such file, or it may not be asked for.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        mode = status.st_mode & 0o7777
        owner = status.st_uid
        device = UInt64(status.st_dev)
        size = Int64(status.st_size)
        changedAtMilliseconds = Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }
}
