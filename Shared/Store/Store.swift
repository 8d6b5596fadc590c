#if canImport(Glibc)
    import Glibc
#endif
import GRDB

/// A service's store: its state, its history and its journal, in one database with one writer.
///
/// What a write did is on disk before it returns (write-ahead log, `synchronous = FULL`); concurrent writes share an fsync.
public final class Store: Sendable {
    private let lock: FolderLock
    let path: String
    let limits: StoreLimits
    let writer: Writer
    let snapshots: OpenSnapshots
    private let readers: ReaderPool

    private init(
        lock: FolderLock, path: String, limits: StoreLimits, writer: Writer, snapshots: OpenSnapshots,
        readers: ReaderPool
    ) {
        self.lock = lock
        self.path = path
        self.limits = limits
        self.writer = writer
        self.snapshots = snapshots
        self.readers = readers
    }

    /// Opens the store in `configuration.folder`, making it when missing, and brings its schema up to date.
    ///
    /// - Parameter onFailure: called when an fsync or a commit failed for another reason than space; by default the process ends.
    /// - Throws: ``StoreError/inUse(folder:)``, ``StoreError/newerSchema(migration:)``, and what SQLite refuses.
    public static func open(
        _ configuration: StoreConfiguration, clock: any WallClock = SystemClock(),
        onFailure: @escaping @Sendable (StoreFailure) -> Void = StoreFailure.stop
    ) throws -> Store {
        try Folder.make(configuration.folder)
        let lock = try FolderLock(folder: configuration.folder)
        let path = configuration.folder + "/store.sqlite"
        do {
            let database = try DatabaseQueue(path: path, configuration: writerConfiguration(configuration.limits))
            let (connection, ledger) = try database.writeWithoutTransaction { database in
                try prepare(database, configuration.limits)
                try Migrator(configuration: configuration, clock: clock).run(database)
                let connection = try Connection(database, statementLimit: configuration.limits.preparedStatements)
                connection.watchLog()
                return (connection, try Ledger.load(connection))
            }
            try Folder.sync(configuration.folder)
            let snapshots = OpenSnapshots()
            let interrupts = ReadInterrupts()
            let writer = Writer(
                database, connection: connection, ledger: ledger, configuration: configuration, snapshots: snapshots,
                reads: interrupts, clock: clock, onFailure: onFailure)
            return Store(
                lock: lock, path: path, limits: configuration.limits, writer: writer, snapshots: snapshots,
                readers: try ReaderPool(
                    path: path, limits: configuration.limits, interrupts: interrupts,
                    execution: configuration.execution))
        } catch {
            throw StoreError.translate(error)
        }
    }

    /// Runs `body` in one transaction, which is durable when this returns. If `body` throws, nothing of it was done.
    ///
    /// `body` may run twice, with the first run undone: it must do nothing but read and write through its transaction.
    /// - Parameter name: what the transaction does, for the log.
    @discardableResult
    public func write<R: Sendable>(
        _ name: String, _ body: @escaping @Sendable (Transaction) throws -> R
    ) async throws -> R {
        try await withCheckedThrowingContinuation { writer.submit(Write(name, body, $0)) }
    }

    /// Runs `body` on a snapshot of what is committed. The writer goes on meanwhile.
    ///
    /// - Parameter limit: how long it may take, ``StoreLimits/readMilliseconds`` unless told otherwise. It holds for SQLite's work and
    ///   is looked at before each statement; `body` must not wait for anything else.
    /// - Throws: ``StoreError/readTooLong``, ``StoreError/overloaded`` when too many reads wait or this one waited too long, and what
    ///   `body` throws.
    public func read<R: Sendable>(
        within limit: Duration? = nil, _ body: @escaping @Sendable (Reader) throws -> R
    ) async throws -> R {
        try await readers.read(within: limit, body)
    }

    /// Where the journal stands: the newest durable entry.
    public var head: JournalPosition {
        get async { writer.head.position }
    }

    /// Returns where the journal stands as soon as there is an entry after `after`, or when `timeout` has passed, the task is
    /// cancelled or the store closes.
    @discardableResult
    public func waitForHead(after: Int64, timeout: Duration) async -> JournalPosition {
        await writer.head.wait(after: after, timeout: timeout)
        return writer.head.position
    }

    /// Begins a new term, as a restored store does before it serves.
    @discardableResult
    public func beginTerm() async throws -> Int64 {
        try await write("store.beginTerm") { $0.beginTerm() }
    }

    /// What the writer has done since the store was opened.
    public var statistics: StoreStatistics { writer.statistics }

    /// The size of the write-ahead log's file, in bytes.
    public var logBytes: Int64 {
        var status = stat()
        return stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    }

    /// The writer's `synchronous`, read back from SQLite: 2 is FULL.
    public func synchronousLevel() async throws -> Int64 {
        try await write("store.synchronousLevel") { try $0.row("PRAGMA synchronous")?.int("synchronous") ?? -1 }
    }

    /// Every statement that makes up the schema, sorted, to be compared with a golden file.
    public func schemaDump() async throws -> String {
        try await read { reader in
            try reader.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
                .map { try $0.text("sql") + ";\n" }.joined(separator: "\n")
        }
    }

    /// Finishes what waits and closes the database. Whatever comes later is refused with ``StoreError/closed``.
    public func close() async {
        await snapshots.close()
        await readers.close()
        await writer.close()
        lock.release()
    }

    private static func writerConfiguration(_ limits: StoreLimits) -> Configuration {
        var configuration = Configuration()
        configuration.label = "firstline.store.writer"
        configuration.busyMode = .timeout(Double(limits.busyMilliseconds) / 1000)
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
