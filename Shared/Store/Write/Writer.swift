import Logging
import Synchronization

/// The one writer: takes all that waits, runs it in one transaction, commits once, and only then answers.
///
/// `@unchecked Sendable`: what varies is only touched on the serial queue of `connection`, or stands behind a mutex.
final class Writer: @unchecked Sendable {
    let connection: any Connection
    let head: JournalHead
    private let engine: any Engine
    let queue: WriteQueue
    private let clock: any WallClock
    private let configuration: StoreConfiguration
    private let onFailure: @Sendable (StoreFailure) -> Void
    private let counts = Mutex(StoreStatistics())
    private let logger: Logger

    private var ledger: Ledger
    private var nextExpiryMilliseconds: Int64 = 0
    private let stopped = Mutex(false)

    init(
        _ engine: any Engine, ledger: Ledger, configuration: StoreConfiguration, clock: any WallClock,
        onFailure: @escaping @Sendable (StoreFailure) -> Void
    ) {
        self.engine = engine
        connection = engine.writer
        self.ledger = ledger
        self.configuration = configuration
        self.clock = clock
        self.onFailure = onFailure
        head = JournalHead(ledger.position, clock: clock)
        queue = WriteQueue(limit: configuration.limits.waitingWrites, batch: configuration.limits.batch)
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
        case .startWriter: execution.start(on: connection.queue) { self.drain() }
        case .refused(let error): job.finish(error)
        }
    }

    /// Nothing is written any more, after a failure.
    var hasStopped: Bool { stopped.withLock { $0 } }

    /// Finishes what waits, then closes the connection.
    func close() async {
        queue.close()
        thaw()
        await execution.finish(connection.queue) { self.connection.finish() }
        head.close()
    }

    func drain() {
        while true {
            let batch = queue.take()
            if batch.isEmpty { return }
            let failure = hasStopped || connection.isFinished ? .closed : engine.isLeading ? commit(batch) : .notLeading
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
            try connection.settle()
        } catch {
            return abandon(error)
        }
        let written = ContinuousClock.now
        do {
            try connection.commit()
        } catch {
            return commitFailed(error)
        }
        let isAdvanced = draft.position != ledger.position
        ledger = draft
        counts.withLock {
            $0.count(batch.count, logPages: engine.logPages, write: written - start, commit: .now - written)
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
            try connection.beginWriting()
            var draft = ledger
            let settles = isGuarded || batch.count == 1
            if try isGuarded || attempt({ try lookAhead(batch) }),
                try batch.allSatisfy({ try run($0, isGuarded: isGuarded, settles: settles, &draft) }),
                // For the statements of the whole batch.
                try attempt({ try connection.settle() })
            {
                // What the writer adds to the batch is a request of its own.
                connection.nextRequest()
                return draft
            }
            try connection.rollback()
            // Alone in its batch, it has been told what failed, and has left nothing.
            if batch.count == 1 {
                try connection.beginWriting()
                return ledger
            }
            counts.withLock { $0.guardedBatches += 1 }
        }
        preconditionFailure("in its savepoint a request never takes its neighbours along")
    }

    /// Runs one request; false when it failed and left something behind that no savepoint undoes. Throws only when the batch is lost with it.
    private func run(
        _ job: any WriteJob, isGuarded: Bool, settles: Bool, _ draft: inout Ledger
    ) throws -> Bool {
        let start = ContinuousClock.now
        let transaction = Transaction(
            connection, ledger: draft, nowMilliseconds: clock.nowMilliseconds, limits: configuration.limits)
        connection.nextRequest()
        if isGuarded { try connection.beginRequest() }
        do {
            try job.run(in: transaction, settles: settles)
            guard connection.isInTransaction else { throw StoreError.transactionEnded }
            if isGuarded { try connection.keepRequest() }
            draft = transaction.ledger
        } catch {
            // A full disk or an I/O error may have ended more than this request.
            guard connection.isInTransaction else { throw connection.lastError ?? error }
            if isGuarded {
                try connection.undoRequest()
            } else if connection.hasTraces {
                return false
            }
        }
        let elapsed = ContinuousClock.now - start
        if elapsed >= .milliseconds(configuration.limits.slowWriteMilliseconds) {
            logger.warning("slow transaction", metadata: ["write.name": "\(job.name)", "write.took": "\(elapsed)"])
        }
        return true
    }

    /// Looks up what the requests of a batch are about to ask for.
    private func lookAhead(_ batch: [any WriteJob]) throws {
        guard connection.readsAhead, batch.count > 1 else { return }
        let reader = LookAhead(connection)
        for job in batch { job.lookAhead(reader) }
        try connection.lookUp(reader.asked)
    }

    /// False when a statement failed that no request has waited for.
    private func attempt(_ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return true
        } catch {
            guard connection.isInTransaction else { throw error }
            return false
        }
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
                try connection.rollback()
            } catch {
                fail("rollback", error)
            }
        }
        counts.withLock { $0.failedBatches += 1 }
        logger.error("batch not committed", metadata: ["error": "\(error)"])
        if error.isFailedSync { fail("fsync", error) }
        if case .unavailable = error { fail("connection", error) }
        return error
    }

    /// COMMIT itself failed: unless the engine is sure that nothing is left behind, nobody knows.
    private func commitFailed(_ error: any Error) -> StoreError {
        if let error = error as? StoreError, connection.hasSurelyFailed(error) { return abandon(error) }
        fail("commit", error)
        switch error as? StoreError {
        case .io(let code, let message), .database(let code, let message):
            return .outcomeUnknown(code: code, message: message)
        case .unavailable(let message): return .outcomeUnknown(code: 0, message: message)
        default: return .outcomeUnknown(code: 0, message: "")
        }
    }

    private func checkpoint() {
        do {
            if try engine.afterCommit(logger) { counts.withLock { $0.checkpoints += 1 } }
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
        case .unavailable(let text): message = text
        default: break
        }
        if connection.isInTransaction { try? connection.rollback() }
        onFailure(
            StoreFailure(
                store: configuration.service, operation: operation, code: code, message: message,
                isTemporary: connection.dialect == .postgres))
    }
}
