import GRDB
import GRDBSQLite

/// One connection with its prepared statements.
///
/// `@unchecked Sendable`: only touched on the serial queue of the GRDB database that owns it.
final class Connection: @unchecked Sendable {
    let database: Database
    let handle: OpaquePointer
    private var statements: [StatementText: PreparedStatement] = [:]
    private let statementLimit: Int
    /// What ends a read that takes too long; nil where nothing does.
    let readLimit: ReadLimit?
    /// The handle is gone, or about to go: whoever comes late is refused.
    private(set) var isFinished = false
    /// Pages in the write-ahead log after the last commit on this connection.
    fileprivate(set) var logPages: Int32 = 0
    /// A statement that can write has run; set back by the writer for each request.
    var hasWritten = false
    /// The last error of a statement, for a caller who finds the transaction ended though nobody threw.
    var lastError: StoreError?

    /// Throws when the connection is closed already.
    init(_ database: Database, statementLimit: Int, readLimit: ReadLimit? = nil) throws(StoreError) {
        guard let handle = database.sqliteConnection else { throw .closed }
        self.database = database
        self.handle = handle
        self.statementLimit = statementLimit
        self.readLimit = readLimit
        readLimit?.watch(handle)
    }

    /// Whether a transaction is open: SQLite ends it by itself on some errors.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The statement for `sql`, prepared at its first use.
    func statement(_ sql: String) throws -> PreparedStatement {
        let text = StatementText(sql)
        if let statement = statements[text] { return statement }
        if statements.count >= statementLimit { statements.removeAll() }
        do {
            let statement = PreparedStatement(try database.makeStatement(sql: sql), on: self)
            statements[text] = statement
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
        sqlite3_progress_handler(handle, 0, nil, nil)
        statements.removeAll()
    }
}

/// A statement's text as a key. The texts are long and few: their lengths and ends tell them apart almost always, and a hash over all of
/// it for each use would cost more than many a statement.
private struct StatementText: Hashable {
    let sql: String

    init(_ sql: String) {
        self.sql = sql
    }

    func hash(into hasher: inout Hasher) {
        var sql = sql
        sql.withUTF8 { bytes in
            hasher.combine(bytes.count)
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes).suffix(16)))
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes).prefix(32).suffix(16)))
        }
    }
}
