#if canImport(Glibc)
    import Glibc
#endif
import GRDBSQLite

/// Copies a connection's snapshot, page by page, into a new database file.
struct SnapshotCopy {
    /// Pages copied between two looks at whether to go on.
    static let stepPages: Int32 = 256

    /// A connection inside a read transaction.
    let source: OpaquePointer
    let path: String

    /// - Parameter check: called between two steps; what it throws ends the copy.
    func run(_ check: () throws -> Void) throws {
        try create()
        do {
            try write(check)
            try sync()
        } catch {
            unlink(path)
            throw error
        }
    }

    /// An existing file is never written over.
    private func create() throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Folder.failure("create copy") }
        Glibc.close(descriptor)
    }

    private func write(_ check: () throws -> Void) throws {
        var handle: OpaquePointer?
        let opened = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        defer { sqlite3_close_v2(handle) }
        guard opened == SQLITE_OK, let handle else { throw StoreError(code: opened, message: "open copy") }
        // A copy that is cut short is removed, so a rollback journal would serve nobody.
        try execute("PRAGMA journal_mode = OFF", handle)
        guard let backup = sqlite3_backup_init(handle, "main", source, "main") else { throw failure(handle) }
        var code = SQLITE_OK
        while code == SQLITE_OK {
            do {
                try check()
            } catch {
                sqlite3_backup_finish(backup)
                throw error
            }
            code = sqlite3_backup_step(backup, Self.stepPages)
        }
        let finished = sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, finished == SQLITE_OK else { throw failure(handle) }
        // The copied header asks for a write-ahead log: the copy is to be one file, readable where nothing can be written.
        try execute("PRAGMA journal_mode = DELETE", handle)
    }

    private func sync() throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Folder.failure("open copy") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Folder.failure("fsync copy") }
        try Folder.sync(Folder.parent(of: path))
    }

    private func execute(_ sql: String, _ handle: OpaquePointer) throws(StoreError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(handle) }
    }

    private func failure(_ handle: OpaquePointer) -> StoreError {
        StoreError(code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)))
    }
}
