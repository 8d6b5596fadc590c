/// The statements on their way to a session: rows are gathered, what need not be waited for is not, and what is known already is not asked.
///
/// `@unchecked Sendable`: only touched on the queue of the connection that has it.
final class PostgresPipeline: @unchecked Sendable {
    let session: PostgresSession
    private let isOnlyWriter: Bool
    private var statements: PreparedStatements
    private var gathered = GatheredInserts()
    private var lookups = Lookups()
    /// Statements since the server was last told to go on.
    private var unsent = 0

    /// Statements that gather before the server is told of them.
    private static let sendStep = 8

    /// - Parameters:
    ///   - isOnlyWriter: nobody else changes what this session reads, and answers to lookups may be kept.
    ///   - statementLimit: how many are kept prepared.
    init(_ session: PostgresSession, isOnlyWriter: Bool, statementLimit: Int) {
        self.session = session
        self.isOnlyWriter = isOnlyWriter
        statements = PreparedStatements(limit: statementLimit)
    }

    /// Another request of the same transaction begins.
    func nextRequest() { gathered.nextRequest() }

    /// What was not sent is undone, and what was looked up may have been.
    func forget() {
        gathered.removeAll()
        lookups.forget()
    }

    func rows(_ sql: String, _ values: [Value], limit: Int) throws(StoreError) -> [Row] {
        let shape = statements.shape(sql)
        let lookup = isOnlyWriter ? shape.lookup : nil
        if let lookup, let known = lookups.rows(sql, lookup, values) { return Array(known.prefix(limit)) }
        // A lookup need not wait for rows that surely differ from what it looks for.
        if gathered.meets(shape.words), lookup.map({ gathered.meets($0, values) }) ?? true { try sendGathered() }
        let statement = try statements.prepared(sql, values, session)
        try session.send(statement, values)
        if !sql.hasPrefix("SELECT") { lookups.wrote(shape.words) }
        unsent = 0
        guard let result = try session.collect() else { return [] }
        guard let lookup else { return try result.rows(of: statement, limit: limit) }
        let rows = try result.rows(of: statement, limit: .max)
        lookups.keep(rows, sql, lookup, values)
        return Array(rows.prefix(limit))
    }

    /// Its failure is thrown here, by a later call, or by ``settle()``.
    func execute(_ sql: String, _ values: [Value]) throws(StoreError) {
        if let insert = statements.shape(sql).insert, try gather(values, insert, sql) { return }
        try write(sql, values)
    }

    /// Returns how many rows it changed.
    func change(_ sql: String, _ values: [Value]) throws(StoreError) -> Int {
        try write(sql, values)
        return try session.collect()?.changed ?? 0
    }

    /// Sends what steers a transaction.
    func send(_ sql: String) throws(StoreError) {
        try sendGathered()
        try session.send(sql)
    }

    /// Waits for all that was sent; throws the first failure.
    func settle() throws(StoreError) {
        try sendGathered()
        try session.collect()
    }

    func runScript(_ sql: String) throws(StoreError) {
        lookups.forget()
        try sendGathered()
        try session.runScript(sql)
    }

    /// Asks everything at once, and keeps the answers.
    func lookUp(_ asked: [(sql: String, values: [Value])]) throws(StoreError) {
        var sent: [(sql: String, shape: LookupShape, values: [Value], statement: PostgresStatement)] = []
        for (sql, values) in asked {
            guard let shape = statements.shape(sql).lookup, lookups.rows(sql, shape, values) == nil else { continue }
            sent.append((sql, shape, values, try statements.prepared(sql, values, session)))
        }
        for one in sent { try send(one.statement, one.values) }
        // Before them may stand what began the transaction.
        for (one, result) in zip(sent, try session.collectAll().suffix(sent.count)) {
            lookups.keep(try result.rows(of: one.statement, limit: .max), one.sql, one.shape, one.values)
        }
    }

    /// Sends a statement that may change anything in the tables that it names.
    private func write(_ sql: String, _ values: [Value]) throws(StoreError) {
        try sendGathered()
        try send(statements.prepared(sql, values, session), values)
        lookups.wrote(statements.shape(sql).words)
    }

    /// Sends a statement, and has the server begin now and then.
    private func send(_ statement: PostgresStatement, _ values: [Value]) throws(StoreError) {
        try session.send(statement, values)
        unsent += 1
        if unsent >= Self.sendStep {
            session.flush()
            unsent = 0
        }
    }

    /// Takes a row that need not be sent yet; false when the statement cannot wait.
    private func gather(_ row: [Value], _ shape: InsertShape, _ sql: String) throws(StoreError) -> Bool {
        guard row.count == shape.parameterCount else {
            throw .wrongParameters(wanted: shape.parameterCount, given: row.count)
        }
        if !gathered.add(row, to: shape, sql) {
            try sendGathered()
            guard gathered.add(row, to: shape, sql) else { return false }
        }
        lookups.wrote(row, to: shape)
        return true
    }

    /// Sends the rows that were gathered, a statement for each group.
    private func sendGathered() throws(StoreError) {
        if gathered.isEmpty { return }
        let groups = gathered.groups
        gathered.removeAll()
        for group in groups {
            let single = try statements.prepared(group.sql, group.rows[0], session)
            let types = single.parameterTypes
            let names = types.compactMap(PostgresType.name)
            if group.rows.count > 1, names.count == types.count {
                let many = try statements.prepared(group.shape.gathered(names), types: types.map { _ in 0 }, session)
                try session.send(many, rows: group.rows, types: types)
            } else {
                for row in group.rows { try session.send(single, row) }
            }
            session.flush()
        }
        unsent = 0
    }
}
