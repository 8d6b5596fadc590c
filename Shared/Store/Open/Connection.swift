import GRDB
import GRDBSQLite

/// One connection with its prepared statements.
///
/// `@unchecked Sendable`: only touched on the serial queue of the GRDB database that owns it.
final class Connection: @unchecked Sendable {
    let database: Database
    let handle: OpaquePointer
    private var statements: [String: PreparedStatement] = [:]
    private let statementLimit: Int
    /// The handle is gone, or about to go: whoever comes late is refused.
    private(set) var isFinished = false
    /// Pages in the write-ahead log after the last commit on this connection.
    fileprivate(set) var logPages: Int32 = 0
    /// The last error of a statement, for a caller who finds the transaction ended though nobody threw.
    var lastError: StoreError?

    /// Throws when the connection is closed already.
    init(_ database: Database, statementLimit: Int) throws(StoreError) {
        guard let handle = database.sqliteConnection else { throw .closed }
        self.database = database
        self.handle = handle
        self.statementLimit = statementLimit
    }

    /// Whether a transaction is open: SQLite ends it by itself on some errors.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The statement for `sql`, prepared at its first use.
    func statement(_ sql: String) throws -> PreparedStatement {
        if let statement = statements[sql] { return statement }
        if statements.count >= statementLimit { statements.removeAll() }
        do {
            let statement = PreparedStatement(try database.makeStatement(sql: sql), on: self)
            statements[sql] = statement
            return statement
        } catch {
            throw StoreError.translate(error)
        }
    }

    /// Runs a statement without parameters.
    func run(_ sql: String) throws {
        try statement(sql).execute([])
    }

    /// Counts the log's pages after each commit. It takes the place of SQLite's own automatic checkpoint, whose errors nobody hears of.
    func watchLog() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                if let context { Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().logPages = pages }
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
        let error = StoreError(code: code, message: String(cString: sqlite3_errmsg(handle)))
        lastError = error
        return error
    }

    /// Lets go of every statement, so that the connection can be closed. The handle is not touched again, not even by a second close.
    func finish() {
        if isFinished { return }
        isFinished = true
        sqlite3_wal_hook(handle, nil, nil)
        statements.removeAll()
    }
}
