import GRDB
import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// SQLite in the service's folder: a writer and some readers on one file, with a write-ahead log that the writer alone copies back.
///
/// `@unchecked Sendable`: `checkpointer` is only touched on the writer's queue.
final class SQLiteEngine: Engine, @unchecked Sendable {
    let path: String
    let snapshots = OpenSnapshots()
    let readers: [any Connection]
    private let lock: FolderLock
    private let interrupts = ReadInterrupts()
    private let connection: EmbeddedConnection
    private var checkpointer: Checkpointer

    var writer: any Connection { connection }
    var leaderTerm: Int64 { 0 }
    var isLeading: Bool { true }
    var logPages: Int32 { connection.logPages }

    /// Makes the file when missing, and brings the schema up to date.
    init(_ configuration: StoreConfiguration, clock: any WallClock) throws {
        lock = try FolderLock(folder: configuration.folder)
        path = configuration.folder + "/store.sqlite"
        let limits = configuration.limits
        checkpointer = Checkpointer(limits: limits)
        do {
            let queue = try DatabaseQueue(path: path, configuration: Self.writerConfiguration(limits))
            connection = try queue.writeWithoutTransaction { database in
                try Self.prepare(database, limits)
                let connection = try EmbeddedConnection(database, of: queue, statementLimit: limits.preparedStatements)
                try Migrator(configuration: configuration, clock: clock).run(connection)
                connection.watchLog()
                return connection
            }
            try Folder.sync(configuration.folder)
            readers = try (0..<limits.readers).map { [path, interrupts] _ in
                let queue = try DatabaseQueue(path: path, configuration: Self.readerConfiguration(limits))
                return try queue.writeWithoutTransaction { database in
                    try EmbeddedConnection(
                        database, of: queue, statementLimit: limits.preparedStatements, readLimit: ReadLimit(interrupts)
                    )
                }
            }
        } catch {
            throw StoreError.translate(error)
        }
    }

    func afterCommit(_ logger: Logger) throws -> Bool {
        try checkpointer.run(connection, snapshots: snapshots, reads: interrupts, logger: logger)
    }

    func schema(_ reader: Reader) throws -> [String] {
        try reader.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
            .map { try $0.text("sql") }
    }

    func close() {
        lock.release()
    }

    /// The size of the write-ahead log's file, in bytes.
    var logBytes: Int64 {
        var status = stat()
        return stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func writerConfiguration(_ limits: StoreLimits) -> Configuration {
        var configuration = Configuration()
        configuration.label = "firstline.store.writer"
        configuration.busyMode = .timeout(Double(limits.busyMilliseconds) / 1000)
        return configuration
    }

    static func readerConfiguration(_ limits: StoreLimits) -> Configuration {
        var configuration = Configuration()
        configuration.label = "firstline.store.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(limits.busyMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA cache_size = -\(limits.readerCacheKiB); PRAGMA temp_store = MEMORY;")
        }
        return configuration
    }

    /// Sets what makes a commit durable, and reads it back: GRDB's own WAL mode would set `synchronous = NORMAL`.
    private static func prepare(_ database: Database, _ limits: StoreLimits) throws {
        guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw StoreError.database(code: 0, message: "the folder does not allow a write-ahead log")
        }
        try database.execute(
            sql: """
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = \(limits.keptLogBytes);
                PRAGMA cache_size = -\(limits.writerCacheKiB);
                PRAGMA temp_store = MEMORY;
                """)
        if limits.maximumPages > 0 { try database.execute(sql: "PRAGMA max_page_count = \(limits.maximumPages)") }
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
            throw StoreError.database(code: 0, message: "synchronous is not FULL")
        }
    }
}
