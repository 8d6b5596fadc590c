import CMemoryDisk
#if canImport(Glibc)
    import Glibc
#endif

/// One service's disk: its database's files in memory, with what was synced apart from what was not.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class Disk: @unchecked Sendable {
    /// The folder that the files seem to lie in; it is real, for the folder's lock.
    let folder: String
    private let disk: OpaquePointer

    private static let install: Void = memory_disk_install()

    init(folder: String) {
        Self.install
        self.folder = folder
        disk = memory_disk_create(folder)
    }

    /// A disk with the same files elsewhere.
    init(copying source: Disk, folder: String) {
        self.folder = folder
        disk = memory_disk_copy(source.disk, folder)
    }

    deinit {
        memory_disk_destroy(disk)
    }

    /// Everything that has the files open fails from now on; what was not synced is there as the seed decides.
    func cutPower(seed: UInt64) {
        memory_disk_cut_power(disk, seed)
    }

    /// The power goes at the `writes`-th write from now.
    func fail(afterWrites writes: Int) {
        memory_disk_fail_after(disk, Int64(writes))
    }

    /// Whether the power has gone at such a write.
    var hasFailed: Bool { memory_disk_has_failed(disk) }

    var isFull = false {
        didSet { memory_disk_set_full(disk, isFull) }
    }

    var syncs: Int64 { memory_disk_syncs(disk) }
}
