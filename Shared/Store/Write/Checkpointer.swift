import GRDBSQLite

/// When the write-ahead log is copied back: by the writer alone, after it has answered, and in bounded steps.
///
/// SQLite before 3.51.3 can lose commits when two connections race on beginning the log anew; here only one connection ever does.
struct Checkpointer {
    let limits: StoreLimits
    /// The log's size at which the next attempt is due: readers in an old snapshot can keep one from finishing.
    private var nextPages: Int32

    init(limits: StoreLimits) {
        self.limits = limits
        nextPages = limits.checkpointPages
    }

    /// Returns whether a checkpoint was made; throws the I/O errors, after which the process must not go on.
    mutating func run(_ connection: Connection) throws(StoreError) -> Bool {
        let pages = connection.logPages
        if pages < limits.checkpointPages { nextPages = limits.checkpointPages }
        guard pages >= nextPages else { return false }
        nextPages = pages + limits.checkpointPages / 4
        let code: Int32
        if pages >= limits.truncatePages {
            sqlite3_busy_timeout(connection.handle, limits.truncateWaitMilliseconds)
            code = connection.checkpoint(SQLITE_CHECKPOINT_RESTART)
            sqlite3_busy_timeout(connection.handle, limits.busyMilliseconds)
        } else {
            code = connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE)
        }
        switch code & 0xFF {
        case SQLITE_OK: return true
        // A reader is in the way, or the disk is full: the log grows until a later attempt succeeds.
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL: return false
        default: throw connection.failure(code)
        }
    }
}
