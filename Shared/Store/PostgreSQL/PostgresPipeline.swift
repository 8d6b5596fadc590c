import CPostgreSQL

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

    private struct Question: Hashable {
        let text: StatementText
        let key: ExactKey
    }

    /// Questions that differ in their values alone.
    private struct QuestionGroup {
        let sql: String
        let shape: LookupShape
        var keys: [ExactKey]
        var rows: [[Value]]
    }

    /// Statements that gather before the server is told of them.
    private static let sendStep = 32

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

    /// Asks everything at once, what differs in its values alone by one statement, and keeps the answers.
    func lookUp(_ asked: [(sql: String, values: [Value])]) throws(StoreError) {
        var seen: Set<Question> = []
        var groups: [QuestionGroup] = []
        for (sql, values) in asked {
            let question = Question(text: StatementText(sql), key: ExactKey(values))
            guard let shape = statements.shape(sql).lookup, lookups.rows(sql, shape, question.key) == nil,
                seen.insert(question).inserted
            else { continue }
            if let place = groups.firstIndex(where: { $0.sql == sql }) {
                groups[place].keys.append(question.key)
                groups[place].rows.append(values)
            } else {
                groups.append(QuestionGroup(sql: sql, shape: shape, keys: [question.key], rows: [values]))
            }
        }
        if groups.isEmpty { return }
        // All are prepared before one is sent: preparing waits for what was sent.
        for group in groups { _ = try prepared(group) }
        let sent = try groups.map { group throws(StoreError) in
            let statement = try prepared(group)
            if statement.isGathered {
                try session.send(statement.asked, rows: group.rows, types: statement.types)
                session.flush()
            } else {
                for row in group.rows { try send(statement.asked, row) }
            }
            return statement
        }
        // Before them may stand what began the transaction.
        var results = try session.collectAll()[...]
        results = results.suffix(zip(groups, sent).reduce(0) { $0 + ($1.1.isGathered ? 1 : $1.0.rows.count) })
        for (group, statement) in zip(groups, sent) {
            let answers =
                statement.isGathered
                ? try results.removeFirst().rows(of: statement.asked, byNumberTo: group.rows.count)
                : try group.rows.map { _ throws(StoreError) in
                    try results.removeFirst().rows(of: statement.asked, limit: .max)
                }
            for (key, rows) in zip(group.keys, answers) { lookups.keep(rows, group.sql, group.shape, key) }
        }
    }

    /// The statement that asks a group's questions, and the types of one question's values.
    private func prepared(
        _ group: QuestionGroup
    ) throws(StoreError) -> (asked: PostgresStatement, types: [Oid], isGathered: Bool) {
        let single = try statements.prepared(group.sql, group.rows[0], session)
        let types = single.parameterTypes
        let names = types.compactMap(PostgresType.name)
        guard group.rows.count > 1, !names.isEmpty, names.count == types.count else { return (single, types, false) }
        let many = try statements.prepared(group.shape.gathered(names), types: types.map { _ in 0 }, session)
        return (many, types, true)
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
