/// A service's store: its state, its history and its journal, in one database with one writer.
///
/// What a write did is on disk before it returns; concurrent writes share a commit.
public final class Store: Sendable {
    let engine: any Engine
    let limits: StoreLimits
    let writer: Writer
    private let readers: ReaderPool

    private init(_ engine: any Engine, limits: StoreLimits, writer: Writer, readers: ReaderPool) {
        self.engine = engine
        self.limits = limits
        self.writer = writer
        self.readers = readers
    }

    /// Makes a service's folder and its missing parents, mode 0700, each durable.
    public static func makeFolder(_ path: String) throws {
        try Folder.make(path)
    }

    /// Opens the store, making it when missing, and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - lease: in PostgreSQL, the right to lead that was won before; nil wins it here, or fails at once.
    ///   - onFailure: called when an fsync or a commit failed for another reason than space; by default the process ends.
    /// - Throws: ``StoreError/inUse(folder:)``, ``StoreError/newerSchema(migration:)``, ``StoreError/unfinishedMove``, and what the database refuses.
    public static func open(
        _ configuration: StoreConfiguration, lease: PostgresLease? = nil, clock: any WallClock = SystemClock(),
        onFailure: @escaping @Sendable (StoreFailure) -> Void = StoreFailure.stop
    ) throws -> Store {
        try Folder.make(configuration.folder)
        let engine: any Engine =
            switch configuration.database {
            case .sqlite: try SQLiteEngine(configuration, clock: clock)
            case .postgres(let address):
                try PostgresEngine(
                    configuration, lease: lease ?? PostgresLease.takeNow(address, service: configuration.service),
                    clock: clock, onFailure: onFailure)
            }
        let connection = engine.writer
        var ledger: Result<Ledger, any Error> = .failure(StoreError.closed)
        connection.queue.run { ledger = Result { try Ledger.load(connection) } }
        let stored = try ledger.get()
        guard configuration.acceptsUnfinishedMove || MoveMark(stored) == nil else { throw StoreError.unfinishedMove }
        let writer = Writer(
            engine, ledger: stored, configuration: configuration, clock: clock, onFailure: onFailure)
        return Store(
            engine, limits: configuration.limits, writer: writer,
            readers: ReaderPool(engine, limits: configuration.limits, execution: configuration.execution))
    }

    /// Runs `body` in one transaction, which is durable when this returns. If `body` throws, nothing of it was done.
    ///
    /// `body` may run twice, with the first run undone: it must do nothing but read and write through its transaction.
    /// - Parameters:
    ///   - name: what the transaction does, for the log.
    ///   - ahead: looks up what `body` will, in the same words: where the database is a network away, the lookups of a whole batch then
    ///     go together. It is only listened to: whatever it looks up comes back empty.
    @discardableResult
    public func write<R: Sendable>(
        _ name: String, ahead: (@Sendable (Reader) throws -> Void)? = nil,
        _ body: @escaping @Sendable (Transaction) throws -> R
    ) async throws -> R {
        try await withCheckedThrowingContinuation { writer.submit(Write(name, ahead: ahead, body, $0)) }
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

    /// The size of the write-ahead log's file, in bytes; 0 where it is not ours.
    public var logBytes: Int64 { (engine as? SQLiteEngine)?.logBytes ?? 0 }

    /// Which life of leading this is, greater than any before; 0 where no other instance can lead.
    public var leaderTerm: Int64 { engine.leaderTerm }

    /// Whether this instance may act: false when another leads, or may by now.
    public var isLeading: Bool { engine.isLeading }

    /// Which engine's SQL the store takes.
    public var dialect: Dialect { engine.writer.dialect }

    /// Where the store's blobs are: rows of its own, and beside SQLite also files in the service's `folder`.
    public func blobs(folder: String, clock: any WallClock = SystemClock()) -> any BlobStore {
        switch dialect {
        case .sqlite: EmbeddedBlobStore(self, folder: folder, clock: clock)
        case .postgres: RowBlobStore(self)
        }
    }

    /// SQLite's `synchronous`, read back by the writer: 2 is FULL.
    public func synchronousLevel() async throws -> Int64 {
        try await write("store.synchronousLevel") { try $0.row("PRAGMA synchronous")?.int("synchronous") ?? -1 }
    }

    /// Every statement that makes up the schema, sorted, to be compared with a golden file.
    public func schemaDump() async throws -> String {
        try await read { [engine] in try engine.schema($0).map { $0 + ";\n" }.joined(separator: "\n") }
    }

    /// Finishes what waits and closes the database. Whatever comes later is refused with ``StoreError/closed``.
    public func close() async {
        if let sqlite = engine as? SQLiteEngine { await sqlite.snapshots.close() }
        await readers.close()
        await writer.close()
        await engine.close()
    }
}
