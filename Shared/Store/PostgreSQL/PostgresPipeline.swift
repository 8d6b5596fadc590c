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
        guard isOnlyWriter else { return try ask(sql, values, limit: limit) }
        let shape = statements.shape(sql)
        guard let lookup = shape.lookup else {
            let isRead = sql.hasPrefix("SELECT")
            if !isRead { lookups.wrote(shape.words) }
            if !isRead || gathered.meets(shape.words) { try sendGathered() }
            return try ask(sql, values, limit: limit)
        }
        let key = ExactKey(values)
        if let known = lookups.rows(sql, lookup, key) { return Array(known.prefix(limit)) }
        // It need not wait for rows that surely differ from what it looks for.
        if gathered.meets(lookup, values) { try sendGathered() }
        let rows = try ask(sql, values, limit: .max)
        lookups.keep(rows, sql, lookup, key)
        return Array(rows.prefix(limit))
    }

    /// Its failure is thrown here, by a later call, or by ``settle()``.
    func execute(_ sql: String, _ values: [Value]) throws(StoreError) {
        if let insert = statements.shape(sql).insert {
            try gather(values, insert, sql)
        } else {
            try write(sql, values)
        }
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
        struct Question: Hashable {
            let sql: String
            let key: ExactKey
        }
        var seen: Set<Question> = []
        var open: [(question: Question, shape: LookupShape, values: [Value])] = []
        for (sql, values) in asked {
            let question = Question(sql: sql, key: ExactKey(values))
            guard let shape = statements.shape(sql).lookup, lookups.rows(sql, shape, question.key) == nil,
                seen.insert(question).inserted
            else { continue }
            open.append((question, shape, values))
            // All are prepared before one is sent: preparing waits for what was sent.
            _ = try statements.prepared(sql, values, session)
        }
        if open.isEmpty { return }
        let sent = try open.map { one throws(StoreError) in
            try statements.prepared(one.question.sql, one.values, session)
        }
        for (one, statement) in zip(open, sent) { try send(statement, one.values) }
        // Before them may stand what began the transaction.
        let results = try session.collectAll().suffix(sent.count)
        for ((one, statement), result) in zip(zip(open, sent), results) {
            lookups.keep(
                try result.rows(of: statement, limit: .max), one.question.sql, one.shape, one.question.key)
        }
    }

    private func ask(_ sql: String, _ values: [Value], limit: Int) throws(StoreError) -> [Row] {
        let statement = try statements.prepared(sql, values, session)
        try session.send(statement, values)
        unsent = 0
        return try session.collect()?.rows(of: statement, limit: limit) ?? []
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

    /// Takes a row that need not be sent yet.
    private func gather(_ row: [Value], _ shape: InsertShape, _ sql: String) throws(StoreError) {
        guard row.count == shape.parameterCount else {
            throw .wrongParameters(wanted: shape.parameterCount, given: row.count)
        }
        if !gathered.add(row, to: shape, sql) {
            try sendGathered()
            precondition(gathered.add(row, to: shape, sql), "where nothing waits, a row may")
        }
        lookups.wrote(row, to: shape)
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
