#if canImport(Glibc)
    import Glibc
#endif

/// An open file of the blob store.
struct BlobFile: ~Copyable {
    private let descriptor: Int32

    enum Mode { case read, create, extend }

    init(_ path: String, _ mode: Mode) throws(StoreError) {
        switch mode {
        case .read: descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        case .create: descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        case .extend: descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        }
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? .noSuchBlob(path.split(separator: "/").last.map(String.init) ?? path) : Folder.failure("open blob")
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Its length in bytes, and when it was last asked to be kept, in milliseconds since the epoch.
    func status() throws(StoreError) -> (size: Int64, keptAtMilliseconds: Int64) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Folder.failure("stat blob") }
        let time = status.st_mtim
        return (Int64(status.st_size), Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    func write(_ bytes: some Collection<UInt8>, at offset: Int64) throws(StoreError) {
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress! + done, $0.count - done, off_t(offset) + off_t(done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Folder.failure("write blob") }
            done += count
        }
    }

    /// Up to `length` bytes from `offset`; fewer at the end.
    func read(at offset: Int64, length: Int) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        var done = 0
        while done < length {
            let count = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + done, length - done, off_t(offset) + off_t(done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Folder.failure("read blob") }
            if count == 0 { break }
            done += count
        }
        bytes.removeLast(length - done)
        return bytes
    }

    func cut(to size: Int64) throws(StoreError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw Folder.failure("truncate blob") }
    }

    func sync() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw Folder.failedSync() }
    }

    /// Notes when it was asked to be kept.
    func keep(atMilliseconds: Int64) throws(StoreError) {
        let time = timespec(
            tv_sec: Int(atMilliseconds / 1000), tv_nsec: Int(atMilliseconds % 1000) * 1_000_000)
        let times = [time, time]
        guard futimens(descriptor, times) == 0 else { throw Folder.failure("touch blob") }
    }
}
