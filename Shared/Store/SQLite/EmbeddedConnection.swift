import GRDB
import GRDBSQLite

/// One connection to an SQLite database with its prepared statements.
///
/// `@unchecked Sendable`: only touched on the serial queue of the GRDB database that owns it.
final class EmbeddedConnection: Connection, @unchecked Sendable {
    let queue: any ConnectionQueue
    let database: Database
    let handle: OpaquePointer
    private var statements: [StatementText: SQLiteStatement] = [:]
    private let statementLimit: Int
    let readLimit: ReadLimit?
    private(set) var isFinished = false
    /// Pages in the write-ahead log after the last commit on this connection.
    fileprivate(set) var logPages: Int32 = 0
    /// A statement that can write has run since the request began.
    var hasWritten = false
    var hasTraces: Bool { hasWritten }
    private(set) var hasFailed = false
    var lastError: StoreError?

    /// - Parameter queue: the one that `database` belongs to, and that runs this.
    /// - Throws: when the connection is closed already.
    init(
        _ database: Database, of queue: DatabaseQueue, statementLimit: Int, readLimit: ReadLimit? = nil
    ) throws(StoreError) {
        guard let handle = database.sqliteConnection else { throw .closed }
        self.queue = SQLiteQueue(database: queue)
        self.database = database
        self.handle = handle
        self.statementLimit = statementLimit
        self.readLimit = readLimit
        readLimit?.watch(handle)
    }

    var dialect: Dialect { .sqlite }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func rows(_ sql: String, _ values: [Value], limit: Int) throws -> [Row] {
        try statement(sql).rows(values, limit: limit)
    }

    func execute(_ sql: String, _ values: [Value]) throws {
        try statement(sql).execute(values)
    }

    func change(_ sql: String, _ values: [Value]) throws -> Int {
        try statement(sql).execute(values)
    }

    /// Nothing waits here: each statement has run when its call returns.
    func settle() {}

    func runScript(_ sql: String) throws {
        do {
            try database.execute(sql: sql)
        } catch {
            throw StoreError.translate(error)
        }
    }

    func beginWriting() throws {
        try run("BEGIN IMMEDIATE")
        hasFailed = false
    }

    func beginReading(within limit: Duration) throws {
        try run("BEGIN DEFERRED")
        hasFailed = false
    }

    func commit() throws { try run("COMMIT") }

    func rollback() throws { try run("ROLLBACK") }

    func nextRequest() {
        hasWritten = false
        hasFailed = false
    }

    func beginRequest() throws { try run("SAVEPOINT request") }

    func keepRequest() throws { try run("RELEASE request") }

    func undoRequest() throws {
        try run("ROLLBACK TO request")
        try run("RELEASE request")
    }

    /// A full disk or a lock leaves nothing behind, but after any other error nobody knows.
    func hasSurelyFailed(_ error: StoreError) -> Bool {
        switch error {
        case .full, .busy, .constraint, .database(SQLITE_NOMEM, _): true
        default: false
        }
    }

    /// The statement for `sql`, prepared at its first use.
    private func statement(_ sql: String) throws -> SQLiteStatement {
        let text = StatementText(sql)
        if let statement = statements[text] { return statement }
        if statements.count >= statementLimit { statements.removeAll() }
        do {
            let statement = SQLiteStatement(try database.makeStatement(sql: sql), on: self)
            statements[text] = statement
            return statement
        } catch {
            throw StoreError.translate(error)
        }
    }

    /// Runs a statement without parameters.
    private func run(_ sql: String) throws {
        try statement(sql).execute([])
    }

    /// Counts the log's pages after each commit. It takes the place of SQLite's own automatic checkpoint, whose errors nobody hears of.
    func watchLog() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                if let context {
                    Unmanaged<EmbeddedConnection>.fromOpaque(context).takeUnretainedValue().logPages = pages
                }
                return SQLITE_OK
            }, context)
    }

    /// Copies the log back into the database. Returns SQLite's extended code.
    func checkpoint(_ mode: Int32) -> Int32 {
        var logFrames: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(handle, nil, mode, &logFrames, nil)
        return code == SQLITE_OK ? code : sqlite3_extended_errcode(handle)
    }

    /// The error of the call that has just failed.
    func failure(_ code: Int32) -> StoreError {
        refuse(StoreError(code: code, message: String(cString: sqlite3_errmsg(handle))))
    }

    /// Notes that a statement has failed by `error`.
    func refuse(_ error: StoreError) -> StoreError {
        lastError = error
        hasFailed = true
        return error
    }

    /// Lets go of every statement, so that the connection can be closed. The handle is not touched again, not even by a second close.
    func finish() {
        if isFinished { return }
        isFinished = true
        sqlite3_wal_hook(handle, nil, nil)
        sqlite3_progress_handler(handle, 0, nil, nil)
        statements.removeAll()
    }
}
