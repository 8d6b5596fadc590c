#if canImport(Glibc)
    import Glibc
#endif
import Synchronization

/// Holds a folder for one store. The kernel releases it when the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Throws ``StoreError/inUse(folder:)`` when somebody holds it.
    init(folder: String) throws(StoreError) {
        let descriptor = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Folder.failure("open lock") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let failure = Folder.failure("lock")
            Glibc.close(descriptor)
            throw isHeld ? .inUse(folder: folder) : failure
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    func release() {
        descriptor.withLock { descriptor in
            if let descriptor { Glibc.close(descriptor) }
            descriptor = nil
        }
    }
}
