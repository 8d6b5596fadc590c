/// One session of a PostgreSQL store, with its prepared statements and its transaction.
///
/// `@unchecked Sendable`: only touched on its own queue.
final class PostgresConnection: Connection, @unchecked Sendable {
    let queue: any ConnectionQueue
    let readLimit: ReadLimit?
    private(set) var isFinished = false
    private(set) var isInTransaction = false
    var lastError: StoreError?
    private var session: PostgresSession?
    private let reopen: (@Sendable () throws(StoreError) -> PostgresSession)?
    /// A statement that can write was sent since the request began.
    private var hasWritten = false
    private let readTime: Duration
    private var statements: [StatementText: PostgresStatement] = [:]
    private let statementLimit: Int
    private var statementCount = 0
    /// A statement of this transaction has failed: the server refuses all others until it is undone.
    private var isAborted = false
    /// Statements since the server was last told to go on.
    private var unsent = 0

    /// Statements that gather before the server is told of them.
    private static let sendStep = 8

    /// - Parameters:
    ///   - session: its server ends a statement that takes longer than ``StoreLimits/readMilliseconds``, unless it is the writer's.
    ///   - reopen: makes another session when this one was lost; nil for the writer, whose lock went with it.
    init(
        _ session: PostgresSession, queue: any ConnectionQueue, limits: StoreLimits, readLimit: ReadLimit? = nil,
        reopen: (@Sendable () throws(StoreError) -> PostgresSession)? = nil
    ) {
        self.queue = queue
        self.readLimit = readLimit
        self.session = session
        self.reopen = reopen
        readTime = .milliseconds(limits.readMilliseconds)
        statementLimit = limits.preparedStatements
    }

    var dialect: Dialect { .postgres }

    var hasFailed: Bool { isAborted }

    var hasTraces: Bool { hasWritten || isAborted }

    func nextRequest() {
        hasWritten = false
    }

    func rows(_ sql: String, _ values: [Value], limit: Int) throws -> [Row] {
        try attempt { session throws(StoreError) in
            let statement = try prepared(sql, values, session)
            try session.send(statement, values)
            if !sql.hasPrefix("SELECT") { hasWritten = true }
            unsent = 0
            guard let result = try session.collect() else { return [] }
            return try result.rows(columns: statement.columns, types: statement.types, limit: limit)
        }
    }

    func execute(_ sql: String, _ values: [Value]) throws {
        try attempt { session throws(StoreError) in
            try session.send(prepared(sql, values, session), values)
            hasWritten = true
            unsent += 1
            if unsent >= Self.sendStep {
                session.flush()
                unsent = 0
            }
        }
    }

    func change(_ sql: String, _ values: [Value]) throws -> Int {
        try attempt { session throws(StoreError) in
            try session.send(prepared(sql, values, session), values)
            hasWritten = true
            return try session.collect()?.changed ?? 0
        }
    }

    func settle() throws {
        _ = try attempt { session throws(StoreError) in try session.collect() }
    }

    func runScript(_ sql: String) throws {
        try attempt { session throws(StoreError) in try session.runScript(sql) }
    }

    func beginWriting() throws {
        try control("BEGIN")
        isInTransaction = true
        isAborted = false
    }

    func beginReading(within limit: Duration) throws {
        if let reopen, session?.isLost != false {
            statements = [:]
            session = try reopen()
        }
        try control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        isInTransaction = true
        isAborted = false
        if limit != readTime { try control("SET LOCAL statement_timeout = \(max(1, Int(limit / .milliseconds(1))))") }
    }

    func commit() throws {
        try settle()
        try attempt { session throws(StoreError) in
            session.expectStandby()
            try session.send("COMMIT")
            try session.collect()
            isInTransaction = false
            if session.hasGivenUpStandby { throw .unavailable(message: "the standby has not confirmed the commit") }
        }
    }

    func rollback() throws {
        // What was under way has failed, or is undone with the rest.
        try? settle()
        isInTransaction = false
        isAborted = false
        try control("ROLLBACK")
        session?.flush()
    }

    func beginRequest() throws { try control("SAVEPOINT request") }

    func keepRequest() throws { try control("RELEASE SAVEPOINT request") }

    func undoRequest() throws {
        try? settle()
        guard session?.isLost == false else { throw lastError ?? .closed }
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
        if reopen == nil, let session, !session.isLost { try? session.runScript("SELECT pg_advisory_unlock_all()") }
        statements = [:]
        session = nil
    }

    /// Sends what steers a transaction; its results are read with the next.
    private func control(_ sql: String) throws {
        try attempt { session throws(StoreError) in try session.send(sql) }
    }

    /// Runs `body` and notes what its failure means for the transaction.
    private func attempt<R>(_ body: (PostgresSession) throws(StoreError) -> R) throws(StoreError) -> R {
        guard let session else { throw .closed }
        if isAborted { throw .transactionEnded }
        do {
            return try body(session)
        } catch {
            lastError = error
            if session.isLost {
                isInTransaction = false
                throw error.asUnavailable ?? .unavailable(message: "\(error)")
            }
            isAborted = isInTransaction
            throw error
        }
    }

    private func prepared(
        _ sql: String, _ values: [Value], _ session: PostgresSession
    ) throws(StoreError) -> PostgresStatement {
        let text = StatementText(sql)
        if let statement = statements[text] { return statement }
        // What is under way may be what this statement needs, and its failure is not this statement's.
        try session.collect()
        if statements.count >= statementLimit {
            try session.runScript("DEALLOCATE ALL")
            statements = [:]
        }
        statementCount += 1
        let statement = try session.prepare(
            sql, name: "s\(statementCount)", types: values.map(PostgresType.declared))
        statements[text] = statement
        return statement
    }
}

extension StoreError {
    /// Itself, when it says that the database cannot be reached.
    var asUnavailable: StoreError? {
        if case .unavailable = self { return self }
        return nil
    }
}
