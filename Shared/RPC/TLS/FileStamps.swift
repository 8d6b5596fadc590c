import Glibc

/// What the file system says of a configuration's files: different whenever one of them was written or replaced.
struct FileStamps: Sendable, Hashable {
    private struct Stamp: Hashable {
        var device: UInt
        var inode: UInt
        var size: Int
        var modified: Int
        var modifiedNanoseconds: Int
        var changed: Int
        var changedNanoseconds: Int
    }

    /// Nil for a file that is not there.
    private let stamps: [Stamp?]

    init(_ configuration: TLSConfiguration) {
        stamps = [configuration.certificatePath, configuration.keyPath, configuration.caPath].map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            return Stamp(
                device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
                modified: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec,
                changed: status.st_ctim.tv_sec, changedNanoseconds: status.st_ctim.tv_nsec)
        }
    }
}
