/// One request's share of a commit: it reads what it has written, and either all of it counts or nothing.
/// Valid only inside the closure that was given it.
public final class Transaction: Reader {
    /// The counters as this request sees them.
    var ledger: Ledger
    let limits: StoreLimits

    /// The wall clock at the request's start, but never earlier than the journal's newest entry. Milliseconds since the epoch.
    public let nowMilliseconds: Int64

    init(_ connection: any Connection, ledger: Ledger, nowMilliseconds: Int64, limits: StoreLimits) {
        self.ledger = ledger
        self.limits = limits
        self.nowMilliseconds = max(nowMilliseconds, ledger.headMilliseconds)
        super.init(connection)
    }

    /// The term in which this transaction appends.
    public var term: Int64 { ledger.term }

    /// Runs a statement, each `?` bound to the value at its place.
    ///
    /// It may still be under way when this returns, and fail at a later statement of the transaction: after any failure the whole of the
    /// transaction is undone, so that it makes no difference.
    public func execute(_ sql: String, _ values: [Value] = []) throws {
        try check()
        try connection.execute(sql, values)
    }

    /// Runs a statement and returns how many rows it changed.
    public func change(_ sql: String, _ values: [Value] = []) throws -> Int {
        try check()
        return try connection.change(sql, values)
    }

    /// The next id of `kind`, from 1; never given out twice.
    public func nextID(_ kind: String) throws -> Int64 {
        let id = (ledger.lastIDs[kind] ?? 0) + 1
        ledger.lastIDs[kind] = id
        return id
    }
}
