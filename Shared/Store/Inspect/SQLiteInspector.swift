import Dispatch
import GRDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Looks at an SQLite store through a read-only connection, from another process than the service's.
///
/// Such a connection can neither write nor copy the write-ahead log back, so it has no part in the race of two connections that begin the
/// log anew, by which SQLite before 3.51.3 can lose commits. It can only keep the log from beginning anew while it reads: when the log
/// outgrows ``longestLogBytes``, which lies below the writer's own bound, the read is ended.
public final class SQLiteInspector: StoreInspector, Sendable {
    /// Three quarters of the log's bound.
    public static let longestLogBytes = Int64(StoreLimits().logPages) * 4096 / 4 * 3
    private static let lookMilliseconds = 50
    /// Lines of one finding of SQLite's; the rest says the same.
    private static let mostLines = 20

    private let path: String
    private let limit: Duration
    private let isServed: Bool
    private let database: DatabaseQueue
    private let connection: EmbeddedConnection
    private let state = Mutex(State())

    private struct State: Sendable {
        var deadline: ContinuousClock.Instant?
        var ended: InspectionEnded.Reason?
    }

    /// - Parameters:
    ///   - folder: the service's.
    ///   - limit: how long one look may take.
    ///   - isServed: whether a service writes to it: then the log's growth ends a look.
    /// - Throws: `StoreError`, as ``StoreError/database(code:message:)`` for a file that is no database.
    public init(folder: String, limit: Duration, isServed: Bool) throws {
        path = folder + "/store.sqlite"
        self.limit = limit
        self.isServed = isServed
        var configuration = SQLiteEngine.readerConfiguration(StoreLimits())
        configuration.label = "firstline.store.inspector"
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            connection = try database.writeWithoutTransaction { [database] handle in
                try EmbeddedConnection(handle, of: database, statementLimit: 64)
            }
        } catch {
            throw StoreError.translate(error)
        }
    }

    public func rows(_ sql: String, _ values: [Value] = []) throws -> [Row] {
        try looking { connection in try connection.rows(sql, values, limit: .max) }
    }

    public func damage(thorough: Bool) throws -> [String] {
        let check = thorough ? "integrity_check" : "quick_check"
        let lines = try looking { connection in
            try connection.rows("PRAGMA \(check)(\(Self.mostLines))", [], limit: .max).map { row in
                if case .text(let line) = row.values[0] { line } else { "\(row.values[0])" }
            }
        }
        let orphans = try looking { connection in
            try connection.rows("PRAGMA foreign_key_check", [], limit: Self.mostLines).map { row in
                "a row of \(try row.text("table")) names a row of \(try row.text("parent")) that is not there"
            }
        }
        return (lines == ["ok"] ? [] : lines) + Array(Set(orphans)).sorted()
    }

    public func has(table: String) throws -> Bool {
        try !rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(table)]).isEmpty
    }

    public func close() {
        database.writeWithoutTransaction { _ in connection.finish() }
        try? database.close()
    }

    private func looking<R>(_ body: (EmbeddedConnection) throws -> R) throws -> R {
        state.withLock { $0 = State(deadline: .now + limit) }
        watch()
        do {
            let result = try database.writeWithoutTransaction { _ in try body(connection) }
            state.withLock { $0.deadline = nil }
            return result
        } catch {
            let ended = state.withLock { state in
                state.deadline = nil
                return state.ended
            }
            if let ended { throw InspectionEnded(ended) }
            throw StoreError.translate(error)
        }
    }

    /// Looks now and then, for as long as somebody reads.
    private func watch() {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Self.lookMilliseconds)) { [weak self] in
            guard let self, self.state.withLock({ $0.deadline != nil }) else { return }
            self.look()
            self.watch()
        }
    }

    /// Ends the present look when its time is over, or when the log has grown too far.
    private func look() {
        let isOver = state.withLock { state in
            guard let deadline = state.deadline else { return false }
            var status = stat()
            let logBytes = isServed && stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
            if logBytes > Self.longestLogBytes { state.ended = .logGrew }
            if ContinuousClock.now > deadline { state.ended = .tookTooLong }
            return state.ended != nil
        }
        if isOver { database.interrupt() }
    }
}
