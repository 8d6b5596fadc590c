import GRDBSQLite
import Logging

/// When the write-ahead log is copied back: by the writer alone, after it has answered, and in bounded steps.
///
/// SQLite before 3.51.3 can lose commits when two connections race on beginning the log anew; here only one connection ever does.
struct Checkpointer {
    /// What is due at a size of the log.
    enum Step: Sendable, Hashable {
        case nothing
        /// Copies back what no reader still needs, and waits for nobody.
        case copyBack
        /// Copies back and has the log begin anew; waits a little for short reads to end.
        case beginAnew
        /// The same, after all who read an old state were told to end: the log must not grow any more.
        case endReaders
    }

    let limits: StoreLimits
    /// The log's size at which the next attempt is due: readers in an old snapshot can keep one from finishing.
    private var nextPages: Int32

    init(limits: StoreLimits) {
        self.limits = limits
        nextPages = limits.checkpointPages
    }

    /// What to do after a commit that left `pages` in the log.
    mutating func step(pages: Int32, hasSnapshots: Bool) -> Step {
        if pages < limits.checkpointPages { nextPages = limits.checkpointPages }
        guard pages >= nextPages else { return .nothing }
        nextPages = pages + max(1, limits.checkpointPages / 4)
        if pages >= (hasSnapshots ? limits.snapshotLogPages : limits.logPages) { return .endReaders }
        // While a snapshot is kept on purpose the log cannot begin anew.
        return pages >= limits.restartPages && !hasSnapshots ? .beginAnew : .copyBack
    }

    /// Returns whether a checkpoint was made; throws the I/O errors, after which the process must not go on.
    mutating func run(
        _ connection: EmbeddedConnection, snapshots: OpenSnapshots, reads: ReadInterrupts, logger: Logger
    ) throws(StoreError) -> Bool {
        let pages = connection.logPages
        switch step(pages: pages, hasSnapshots: !snapshots.isEmpty) {
        case .nothing:
            return false
        case .copyBack:
            return try finish(connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE), connection)
        case .beginAnew:
            return try beginAnew(connection, waitMilliseconds: limits.restartWaitMilliseconds)
        case .endReaders:
            reads.interrupt()
            let count = snapshots.expire()
            logger.warning(
                "readers ended, the write-ahead log is at its limit",
                metadata: ["log.pages": "\(pages)", "snapshot.count": "\(count)"])
            return try beginAnew(connection, waitMilliseconds: limits.endReadersWaitMilliseconds)
        }
    }

    private func beginAnew(_ connection: EmbeddedConnection, waitMilliseconds: Int32) throws(StoreError) -> Bool {
        sqlite3_busy_timeout(connection.handle, waitMilliseconds)
        let code = connection.checkpoint(SQLITE_CHECKPOINT_RESTART)
        sqlite3_busy_timeout(connection.handle, limits.busyMilliseconds)
        return try finish(code, connection)
    }

    private func finish(_ code: Int32, _ connection: EmbeddedConnection) throws(StoreError) -> Bool {
        switch code & 0xFF {
        case SQLITE_OK: return true
        // A reader is in the way, or the disk is full: the log grows until a later attempt succeeds.
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL: return false
        default: throw connection.failure(code)
        }
    }
}
