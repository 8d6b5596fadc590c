import GRDB
import GRDBSQLite
import Logging
import Synchronization

/// The one writer: takes all that waits, runs it in one transaction, commits once, and only then answers.
///
/// `@unchecked Sendable`: what varies is only touched on the serial queue of `database`, or stands behind a mutex.
final class Writer: @unchecked Sendable {
    let database: DatabaseQueue
    let head: JournalHead
    private let connection: Connection
    let queue: WriteQueue
    private let clock: any WallClock
    private let configuration: StoreConfiguration
    private let snapshots: OpenSnapshots
    private let reads: ReadInterrupts
    private let onFailure: @Sendable (StoreFailure) -> Void
    private let counts = Mutex(StoreStatistics())
    private let logger: Logger

    private var ledger: Ledger
    private var checkpointer: Checkpointer
    private var nextExpiryMilliseconds: Int64 = 0
    private let stopped = Mutex(false)

    init(
        _ database: DatabaseQueue, connection: Connection, ledger: Ledger, configuration: StoreConfiguration,
        snapshots: OpenSnapshots, reads: ReadInterrupts, clock: any WallClock,
        onFailure: @escaping @Sendable (StoreFailure) -> Void
    ) {
        self.database = database
        self.connection = connection
        self.ledger = ledger
        self.configuration = configuration
        self.snapshots = snapshots
        self.reads = reads
        self.clock = clock
        self.onFailure = onFailure
        head = JournalHead(ledger.position, clock: clock)
        queue = WriteQueue(limit: configuration.limits.waitingWrites, batch: configuration.limits.batch)
        checkpointer = Checkpointer(limits: configuration.limits)
        var logger = Logger(label: "firstline.store")
        logger[metadataKey: "store.name"] = "\(configuration.service)"
        self.logger = logger
    }

    var execution: StoreExecution { configuration.execution }

    /// What it has done so far.
    var statistics: StoreStatistics { counts.withLock { $0 } }

    func submit(_ job: any WriteJob) {
        switch queue.enter(job) {
        case .queued: break
        case .startWriter: execution.start(on: database) { self.drain() }
        case .refused(let error): job.finish(error)
        }
    }

    /// Nothing is written any more, after a failure.
    var hasStopped: Bool { stopped.withLock { $0 } }

    /// Finishes what waits, then closes the connection.
    func close() async {
        queue.close()
        thaw()
        await execution.finish(database) { self.connection.finish() }
        head.close()
    }

    func drain() {
        while true {
            let batch = queue.take()
            if batch.isEmpty { return }
            let failure = hasStopped || connection.isFinished ? .closed : commit(batch)
            for job in batch { job.finish(failure) }
            if failure == nil { checkpoint() }
        }
    }

    /// Runs a batch; returns nil when it is durable, else what became of all of it.
    private func commit(_ batch: [any WriteJob]) -> StoreError? {
        let start = ContinuousClock.now
        var draft: Ledger
        do {
            draft = try run(batch)
            try expire(&draft)
            try draft.save(over: ledger, connection)
        } catch {
            return abandon(error)
        }
        let written = ContinuousClock.now
        do {
            try connection.run("COMMIT")
        } catch {
            return commitFailed(error)
        }
        let isAdvanced = draft.position != ledger.position
        ledger = draft
        counts.withLock {
            $0.count(batch.count, logPages: connection.logPages, write: written - start, commit: .now - written)
        }
        if isAdvanced { head.advance(to: ledger.position) }
        return nil
    }

    /// Runs every request of a batch in one transaction, and leaves that open.
    ///
    /// First without savepoints: they double what a request costs, and only a request that fails after it has written needs one. When one
    /// does, all that the batch did is undone and it runs again, each request inside its own savepoint.
    private func run(_ batch: [any WriteJob]) throws -> Ledger {
        for isGuarded in [false, true] {
            connection.lastError = nil
            try connection.run("BEGIN IMMEDIATE")
            var draft = ledger
            if try batch.allSatisfy({ try run($0, isGuarded: isGuarded, &draft) }) { return draft }
            try connection.run("ROLLBACK")
            // Alone in its batch, it has been told what failed, and has left nothing.
            if batch.count == 1 {
                try connection.run("BEGIN IMMEDIATE")
                return ledger
            }
            counts.withLock { $0.guardedBatches += 1 }
        }
        preconditionFailure("in its savepoint a request never takes its neighbours along")
    }

    /// Runs one request; false when it failed and left something behind that no savepoint undoes. Throws only when the batch is lost with it.
    private func run(_ job: any WriteJob, isGuarded: Bool, _ draft: inout Ledger) throws -> Bool {
        let start = ContinuousClock.now
        let transaction = Transaction(
            connection, ledger: draft, nowMilliseconds: clock.nowMilliseconds, limits: configuration.limits)
        connection.hasWritten = false
        if isGuarded { try connection.run("SAVEPOINT request") }
        do {
            try job.run(in: transaction)
            guard connection.isInTransaction else { throw StoreError.transactionEnded }
            if isGuarded { try connection.run("RELEASE request") }
            draft = transaction.ledger
        } catch {
            // A full disk or an I/O error may have ended more than this request.
            guard connection.isInTransaction else { throw connection.lastError ?? error }
            if isGuarded {
                try connection.run("ROLLBACK TO request")
                try connection.run("RELEASE request")
            } else if connection.hasWritten {
                return false
            }
        }
        let elapsed = ContinuousClock.now - start
        if elapsed >= .milliseconds(configuration.limits.slowWriteMilliseconds) {
            logger.warning("slow transaction", metadata: ["write.name": "\(job.name)", "write.took": "\(elapsed)"])
        }
        return true
    }

    /// Removes a bounded step of expired idempotency keys, now and then.
    private func expire(_ draft: inout Ledger) throws {
        let now = clock.nowMilliseconds
        guard now >= nextExpiryMilliseconds else { return }
        let transaction = Transaction(connection, ledger: draft, nowMilliseconds: now, limits: configuration.limits)
        if try !transaction.expireKeys() {
            nextExpiryMilliseconds = now + configuration.limits.expiryIntervalMilliseconds
        }
    }

    /// Nothing of the batch is committed.
    private func abandon(_ error: any Error) -> StoreError {
        let error = error as? StoreError ?? .transactionEnded
        if connection.isInTransaction {
            do {
                try connection.run("ROLLBACK")
            } catch {
                fail("rollback", error)
            }
        }
        counts.withLock { $0.failedBatches += 1 }
        logger.error("batch not committed", metadata: ["error": "\(error)"])
        if error.isFailedSync { fail("fsync", error) }
        return error
    }

    /// COMMIT itself failed: a full disk or a lock leaves nothing behind, but after any other error nobody knows.
    private func commitFailed(_ error: any Error) -> StoreError {
        switch error as? StoreError {
        case .full, .busy, .constraint, .database(SQLITE_NOMEM, _): return abandon(error)
        case .io(let code, let message), .database(let code, let message):
            fail("commit", error)
            return .outcomeUnknown(code: code, message: message)
        default:
            fail("commit", error)
            return .outcomeUnknown(code: 0, message: "")
        }
    }

    private func checkpoint() {
        do {
            let isDone = try checkpointer.run(connection, snapshots: snapshots, reads: reads, logger: logger)
            if isDone { counts.withLock { $0.checkpoints += 1 } }
        } catch {
            fail("checkpoint", error)
        }
    }

    /// Stops: nothing is written any more.
    private func fail(_ operation: String, _ error: any Error) {
        stopped.withLock { $0 = true }
        queue.close()
        head.close()
        var code: Int32 = 0
        var message = "\(error)"
        switch error as? StoreError {
        case .io(let failed, let text), .database(let failed, let text): (code, message) = (failed, text)
        default: break
        }
        if connection.isInTransaction { try? connection.run("ROLLBACK") }
        onFailure(StoreFailure(store: configuration.service, operation: operation, code: code, message: message))
    }
}
