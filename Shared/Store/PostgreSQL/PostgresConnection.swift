/// One connection of a PostgreSQL store: its session, and where its transaction stands.
///
/// `@unchecked Sendable`: only touched on its own queue.
final class PostgresConnection: Connection, @unchecked Sendable {
    let queue: any ConnectionQueue
    let readLimit: ReadLimit?
    private(set) var isFinished = false
    private(set) var isInTransaction = false
    var lastError: StoreError?
    private var pipeline: PostgresPipeline?
    private let reopen: (@Sendable () throws(StoreError) -> PostgresSession)?
    /// A statement that can write was sent since the request began.
    private var hasWritten = false
    private let readTime: Duration
    /// A statement of this transaction has failed: the server refuses all others until it is undone.
    private var isAborted = false
    private let statementLimit: Int

    /// - Parameters:
    ///   - session: its server ends a statement that takes longer than ``StoreLimits/readMilliseconds``, unless it is the writer's.
    ///   - reopen: makes another session when this one was lost; nil for the writer, whose lock went with it.
    init(
        _ session: PostgresSession, queue: any ConnectionQueue, limits: StoreLimits, readLimit: ReadLimit? = nil,
        reopen: (@Sendable () throws(StoreError) -> PostgresSession)? = nil
    ) {
        self.queue = queue
        self.readLimit = readLimit
        pipeline = PostgresPipeline(session, isOnlyWriter: reopen == nil, statementLimit: limits.preparedStatements)
        self.reopen = reopen
        readTime = .milliseconds(limits.readMilliseconds)
        statementLimit = limits.preparedStatements
    }

    var dialect: Dialect { .postgres }

    var hasFailed: Bool { isAborted }

    var hasTraces: Bool { hasWritten || isAborted }

    var readsAhead: Bool { true }

    func nextRequest() {
        hasWritten = false
        pipeline?.nextRequest()
    }

    func rows(_ sql: String, _ values: [Value], limit: Int) throws -> [Row] {
        try attempt { pipeline throws(StoreError) in
            if !sql.hasPrefix("SELECT") { hasWritten = true }
            return try pipeline.rows(sql, values, limit: limit)
        }
    }

    func execute(_ sql: String, _ values: [Value]) throws {
        try attempt { pipeline throws(StoreError) in
            hasWritten = true
            try pipeline.execute(sql, values)
        }
    }

    func change(_ sql: String, _ values: [Value]) throws -> Int {
        try attempt { pipeline throws(StoreError) in
            hasWritten = true
            return try pipeline.change(sql, values)
        }
    }

    func settle() throws {
        try attempt { pipeline throws(StoreError) in try pipeline.settle() }
    }

    func runScript(_ sql: String) throws {
        try attempt { pipeline throws(StoreError) in try pipeline.runScript(sql) }
    }

    func lookUp(_ asked: [(sql: String, values: [Value])]) throws {
        try attempt { pipeline throws(StoreError) in try pipeline.lookUp(asked) }
    }

    func beginWriting() throws {
        try control("BEGIN")
        isInTransaction = true
        isAborted = false
    }

    func beginReading(within limit: Duration) throws {
        if let reopen, pipeline?.session.isLost != false {
            pipeline = PostgresPipeline(try reopen(), isOnlyWriter: false, statementLimit: statementLimit)
        }
        try control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        isInTransaction = true
        isAborted = false
        if limit != readTime { try control("SET LOCAL statement_timeout = \(max(1, Int(limit / .milliseconds(1))))") }
    }

    func commit() throws {
        try settle()
        try attempt { pipeline throws(StoreError) in
            pipeline.session.expectStandby()
            try pipeline.send("COMMIT")
            try pipeline.settle()
            isInTransaction = false
            if pipeline.session.hasGivenUpStandby {
                throw .unavailable(message: "the standby has not confirmed the commit")
            }
        }
    }

    func rollback() throws {
        abandon()
        isInTransaction = false
        isAborted = false
        try control("ROLLBACK")
        pipeline?.session.flush()
    }

    func beginRequest() throws { try control("SAVEPOINT request") }

    func keepRequest() throws { try control("RELEASE SAVEPOINT request") }

    func undoRequest() throws {
        abandon()
        guard pipeline?.session.isLost == false else { throw lastError ?? .closed }
        isAborted = false
        try control("ROLLBACK TO SAVEPOINT request")
        try control("RELEASE SAVEPOINT request")
    }

    /// The server refused, and has undone it all; a lost connection tells nothing.
    func hasSurelyFailed(_ error: StoreError) -> Bool {
        switch error {
        case .unavailable, .io: false
        default: true
        }
    }

    func finish() {
        if isFinished { return }
        isFinished = true
        isInTransaction = false
        // Said, not left to the end of the session, which the server may notice later than a successor asks.
        if reopen == nil, let session = pipeline?.session, !session.isLost {
            try? session.runScript("SELECT pg_advisory_unlock_all()")
        }
        pipeline = nil
    }

    /// Lets go of what was not sent, and reads what is under way to its end, whatever that is.
    private func abandon() {
        pipeline?.forget()
        _ = try? pipeline?.session.collect()
    }

    /// Sends what steers a transaction; its results are read with the next.
    private func control(_ sql: String) throws {
        try attempt { pipeline throws(StoreError) in try pipeline.send(sql) }
    }

    /// Runs `body` and notes what its failure means for the transaction.
    private func attempt<R>(_ body: (PostgresPipeline) throws(StoreError) -> R) throws(StoreError) -> R {
        guard let pipeline else { throw .closed }
        if isAborted { throw .transactionEnded }
        do {
            return try body(pipeline)
        } catch {
            lastError = error
            if pipeline.session.isLost {
                isInTransaction = false
                throw error.asUnavailable ?? .unavailable(message: "\(error)")
            }
            isAborted = isInTransaction
            throw error
        }
    }
}

extension StoreError {
    /// Itself, when it says that the database cannot be reached.
    var asUnavailable: StoreError? {
        if case .unavailable = self { return self }
        return nil
    }
}
