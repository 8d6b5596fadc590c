import CPostgreSQL

/// The statements that a session has prepared, and what their texts tell.
struct PreparedStatements {
    private var statements: [StatementText: PostgresStatement] = [:]
    private var shapes: [StatementText: StatementShape] = [:]
    private var count = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func shape(_ sql: String) -> StatementShape {
        let text = StatementText(sql)
        if let shape = shapes[text] { return shape }
        if shapes.count >= limit { shapes = [:] }
        let shape = StatementShape(sql)
        shapes[text] = shape
        return shape
    }

    mutating func prepared(
        _ sql: String, _ values: [Value], _ session: PostgresSession
    ) throws(StoreError) -> PostgresStatement {
        try prepared(sql, types: values.map(PostgresType.declared), session)
    }

    /// - Parameter types: of the parameters, where it is not prepared yet; 0 leaves one to the server.
    mutating func prepared(
        _ sql: String, types: @autoclosure () -> [Oid], _ session: PostgresSession
    ) throws(StoreError) -> PostgresStatement {
        let text = StatementText(sql)
        if let statement = statements[text] { return statement }
        // What is under way may be what this statement needs, and its failure is not this statement's.
        try session.collect()
        if statements.count >= limit {
            try session.runScript("DEALLOCATE ALL")
            statements = [:]
        }
        count += 1
        let statement = try session.prepare(sql, name: "s\(count)", types: types())
        statements[text] = statement
        return statement
    }
}
