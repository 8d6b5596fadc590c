/// One connection to a store's database, whatever its engine. Only touched on its own ``queue``.
protocol Connection: AnyObject, Sendable {
    /// The serial queue that everything of this connection runs on.
    var queue: any ConnectionQueue { get }
    var dialect: Dialect { get }
    /// What ends a read that takes too long; nil where nothing does.
    var readLimit: ReadLimit? { get }
    /// The connection is gone, or about to go: whoever comes late is refused.
    var isFinished: Bool { get }
    /// Whether a transaction is open: an engine ends it by itself on some errors.
    var isInTransaction: Bool { get }
    /// Whether a statement has failed since the request or the read began: none of it may count, even if it hides that.
    var hasFailed: Bool { get }
    /// Whether the request that failed has left what only an undo removes.
    var hasTraces: Bool { get }
    /// The last error of a statement, for a caller who finds the transaction ended though nobody threw.
    var lastError: StoreError? { get set }

    /// The rows that `sql` selects, at most `limit`.
    func rows(_ sql: String, _ values: [Value], limit: Int) throws -> [Row]
    /// Runs a statement whose outcome nobody needs yet. Its failure is thrown here, by a later call, or by ``settle()``.
    func execute(_ sql: String, _ values: [Value]) throws
    /// Runs a statement and returns how many rows it changed.
    func change(_ sql: String, _ values: [Value]) throws -> Int
    /// Waits for what ``execute(_:_:)`` began; throws the first failure.
    func settle() throws
    /// Whether answers that are looked up for a whole batch at once save waiting.
    var readsAhead: Bool { get }
    /// Looks up what requests are about to ask for. Their own questions then find the answers, as long as these are true.
    func lookUp(_ asked: [(sql: String, values: [Value])]) throws
    /// Runs definitions, separated by semicolons.
    func runScript(_ sql: String) throws

    /// Begins a transaction that will write.
    func beginWriting() throws
    /// Begins a look at what is now committed, for `limit` at most.
    func beginReading(within limit: Duration) throws
    /// Returns once the transaction is durable.
    func commit() throws
    func rollback() throws
    /// Another request of the same transaction begins.
    func nextRequest()
    /// Begins a part of the transaction that can be undone by itself.
    func beginRequest() throws
    func keepRequest() throws
    func undoRequest() throws
    /// Whether a COMMIT that failed so has surely left nothing behind.
    func hasSurelyFailed(_ error: StoreError) -> Bool

    /// Lets go of everything, so that the connection can be closed.
    func finish()
}

extension Connection {
    var readsAhead: Bool { false }

    func lookUp(_ asked: [(sql: String, values: [Value])]) throws {}

    func row(_ sql: String, _ values: [Value] = []) throws -> Row? {
        try rows(sql, values, limit: 1).first
    }
}

/// A serial queue on which a connection is used.
protocol ConnectionQueue: Sendable {
    /// Begins `work` and returns at once.
    func start(_ work: @escaping @Sendable () -> Void)
    /// Runs `work` here and now, when what was begun before is done.
    func run(_ work: () -> Void)
    /// Runs `work` when what was begun before is done.
    func finish(_ work: @escaping @Sendable () -> Void) async
    /// Closes the connection behind it.
    func close()
}
