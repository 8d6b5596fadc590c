import CPostgreSQL

/// One session with a PostgreSQL server, in libpq's pipeline mode: statements are sent one behind the other, and their results read
/// together when the first of them is needed.
///
/// `@unchecked Sendable`: only touched on one serial queue at a time.
final class PostgresSession: @unchecked Sendable {
    let handle: OpaquePointer
    /// Statements that were sent and whose results were not read.
    private var underWay = 0
    private var parameters = PostgresParameters()
    /// The server has told, since this was last set back, that it stopped waiting for its standby: what was committed may exist there alone.
    private(set) var hasGivenUpStandby = false

    /// How long a connection may take, and after how long of silence from the network it counts as lost.
    private static let settings = [
        "connect_timeout": "3", "keepalives": "1", "keepalives_idle": "2", "keepalives_interval": "1",
        "keepalives_count": "3", "tcp_user_timeout": "5000", "client_encoding": "UTF8",
    ]

    /// - Parameters:
    ///   - name: how the server's administrator sees this session.
    ///   - parameters: run-time parameters of the server, as `statement_timeout`.
    init(_ address: PostgresAddress, name: String, parameters: [String: String] = [:]) throws(StoreError) {
        // What the address itself says is stronger than our settings: they stand before it.
        let settings = Self.settings.merging(["application_name": name]) { $1 }.sorted { $0.key < $1.key }
        let pairs = settings + [(key: "dbname", value: address.url)]
        let keys = CStringArray(pairs.map(\.key))
        let values = CStringArray(pairs.map(\.value))
        guard let handle = PQconnectdbParams(keys.pointers, values.pointers, 1) else {
            throw .unavailable(message: "no memory for a connection")
        }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else { throw StoreError(nil, on: handle) }
        PQsetNoticeReceiver(
            handle,
            { context, notice in
                guard let context, let notice else { return }
                Unmanaged<PostgresSession>.fromOpaque(context).takeUnretainedValue().hear(notice)
            }, Unmanaged.passUnretained(self).toOpaque())
        let all = parameters.merging(["search_path": "\"\(address.schema)\""]) { $1 }
        try runScript(all.sorted { $0.key < $1.key }.map { "SET \($0.key) = \($0.value)" }.joined(separator: "; "))
        guard PQenterPipelineMode(handle) == 1 else { throw StoreError(nil, on: handle) }
    }

    deinit {
        PQfinish(handle)
    }

    var isLost: Bool { PQstatus(handle) != CONNECTION_OK }

    /// Runs statements separated by semicolons, without parameters, and waits for them.
    func runScript(_ sql: String) throws(StoreError) {
        let isPipelined = PQpipelineStatus(handle) != PQ_PIPELINE_OFF
        if isPipelined {
            try collect()
            guard PQexitPipelineMode(handle) == 1 else { throw StoreError(nil, on: handle) }
        }
        defer { if isPipelined { PQenterPipelineMode(handle) } }
        guard let pointer = PQexec(handle, sql) else { throw StoreError(nil, on: handle) }
        let result = PostgresResult(pointer)
        switch PQresultStatus(result.pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: break
        default: throw StoreError(result.pointer, on: handle)
        }
    }

    /// Sends a statement that has no parameters and no rows.
    func send(_ sql: String) throws(StoreError) {
        try check(PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1))
        underWay += 1
    }

    func send(_ statement: PostgresStatement, _ values: [Value]) throws(StoreError) {
        try parameters.fill(values, types: statement.parameterTypes)
        try send(statement)
    }

    /// Sends a statement whose parameters are arrays: of each row's value at that place.
    /// - Parameter types: of the values.
    func send(_ statement: PostgresStatement, rows: [[Value]], types: [Oid]) throws(StoreError) {
        try parameters.fill(rows: rows, types: types)
        try send(statement)
    }

    private func send(_ statement: PostgresStatement) throws(StoreError) {
        let handle = handle
        let sent = parameters.with { PQsendQueryPrepared(handle, statement.name, $0, $1, $2, $3, 1) }
        try check(sent)
        underWay += 1
    }

    /// Prepares a statement; its parameters are of `types`, where 0 leaves it to the server.
    func prepare(_ sql: String, name: String, types: [Oid]) throws(StoreError) -> PostgresStatement {
        let text = PostgresText(sql)
        guard text.parameterCount == types.count else {
            throw .wrongParameters(wanted: text.parameterCount, given: types.count)
        }
        try check(PQsendPrepare(handle, name, text.sql, Int32(types.count), types))
        try check(PQsendDescribePrepared(handle, name))
        underWay += 2
        guard let result = try collect() else { throw StoreError(nil, on: handle) }
        return PostgresStatement(
            name: name, parameterTypes: result.parameterTypes, columns: result.columns, types: result.types)
    }

    /// The rows of a statement that runs seldom: prepared each time, under no name.
    func rows(_ sql: String, _ values: [Value] = []) throws(StoreError) -> [Row] {
        let statement = try prepare(sql, name: "", types: values.map(PostgresType.declared))
        try send(statement, values)
        return try collect()?.rows(of: statement, limit: .max) ?? []
    }

    /// Hands what was sent so far to the network, so that the server works while we go on.
    func flush() {
        PQsendFlushRequest(handle)
        PQflush(handle)
    }

    /// Reads the results of all that was sent, and returns the last. Throws the first failure, after which none of the later ran.
    @discardableResult
    func collect() throws(StoreError) -> PostgresResult? { try collectAll().last }

    /// The same, with the result of each statement.
    func collectAll() throws(StoreError) -> [PostgresResult] {
        if underWay == 0 { return [] }
        let count = underWay
        underWay = 0
        try check(PQpipelineSync(handle))
        var failure: StoreError?
        var results: [PostgresResult] = []
        results.reserveCapacity(count)
        for _ in 0..<count where !isLost {
            while let pointer = PQgetResult(handle) {
                results.append(PostgresResult(pointer))
                switch PQresultStatus(pointer) {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_ABORTED: break
                default: failure = failure ?? StoreError(pointer, on: handle)
                }
                if isLost { break }
            }
        }
        while !isLost, let result = PQgetResult(handle) {
            let status = PQresultStatus(result)
            PQclear(result)
            if status == PGRES_PIPELINE_SYNC { break }
        }
        if isLost { throw failure.flatMap(\.asUnavailable) ?? StoreError(nil, on: handle) }
        if let failure { throw failure }
        return results
    }

    /// Forgets what the server told of its standby.
    func expectStandby() {
        hasGivenUpStandby = false
    }

    private func check(_ outcome: Int32) throws(StoreError) {
        guard outcome == 1 else { throw StoreError(nil, on: handle) }
    }

    private func hear(_ notice: OpaquePointer) {
        guard let state = PQresultErrorField(notice, Int32(UInt8(ascii: "C"))), String(cString: state) == "01000" else {
            return
        }
        hasGivenUpStandby = true
    }
}

/// A statement that the server has prepared.
struct PostgresStatement {
    let name: String
    let parameterTypes: [Oid]
    let columns: [String]
    let types: [Oid]
}
