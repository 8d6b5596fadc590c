import Logging

/// A PostgreSQL database beneath a store: one session that writes and holds the lock of the lease, and some that read.
final class PostgresEngine: Engine {
    /// The oldest server whose SQL is the common subset, as `server_version_num` tells it.
    static let oldestVersion = 150_000

    let writer: any Connection
    let readers: [any Connection]
    private let lease: PostgresLease

    var leaderTerm: Int64 { lease.term }
    var isLeading: Bool { lease.isLeading }
    var logPages: Int32 { 0 }

    /// Brings the schema up to date, and goes on telling that this instance leads.
    init(
        _ configuration: StoreConfiguration, lease: PostgresLease, clock: any WallClock,
        onFailure: @escaping @Sendable (StoreFailure) -> Void
    ) throws {
        self.lease = lease
        let limits = configuration.limits
        let session = try lease.takeSession()
        lease.keep { why in
            onFailure(
                StoreFailure(
                    store: configuration.service, operation: "lease", code: 0, message: why, isTemporary: true))
        }
        let writer = PostgresConnection(session, queue: PostgresQueue("writer"), limits: limits)
        self.writer = writer
        let address = lease.address
        let interrupts = ReadInterrupts()
        let service = configuration.service
        let open = { @Sendable () throws(StoreError) in
            try PostgresSession(
                address, name: "firstline \(service) reader",
                parameters: ["statement_timeout": "\(limits.readMilliseconds)"])
        }
        readers = try (0..<limits.readers).map { index in
            PostgresConnection(
                try open(), queue: PostgresQueue("reader.\(index)"), limits: limits, readLimit: ReadLimit(interrupts),
                reopen: open)
        }
        var outcome: Result<Void, any Error> = .success(())
        writer.queue.run {
            outcome = Result {
                try Self.check(writer)
                try Migrator(configuration: configuration, clock: clock).run(writer)
            }
        }
        try outcome.get()
    }

    func afterCommit(_ logger: Logger) -> Bool { false }

    func schema(_ reader: Reader) throws -> [String] {
        try reader.rows(Self.describeSchema).map { try $0.text("line") }
    }

    func close() async {
        await lease.release()
    }

    /// Whether the server keeps what it acknowledges, and speaks as we do.
    private static func check(_ connection: PostgresConnection) throws {
        func setting(_ name: String) throws -> String {
            try connection.row("SELECT current_setting(?) AS setting", [.text(name)])?.text("setting") ?? ""
        }
        let version = try setting("server_version_num")
        guard Int(version) ?? 0 >= oldestVersion else {
            throw StoreError.database(code: 0, message: "PostgreSQL 15 or later is needed, this is \(version)")
        }
        guard try setting("server_encoding") == "UTF8" else {
            throw StoreError.database(code: 0, message: "the database's encoding is not UTF8")
        }
        for name in ["fsync", "full_page_writes"] where try setting(name) != "on" {
            throw StoreError.database(
                code: 0, message: "the server runs with \(name) off: what it acknowledges may be lost")
        }
        if try setting("synchronous_commit") == "off" { try connection.runScript("SET synchronous_commit = on") }
    }

    /// The columns, keys, checks and indices of the schema, a line each.
    private static let describeSchema = """
        SELECT line FROM (
            SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type
                || CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END
                || coalesce(' DEFAULT ' || column_default, '') || coalesce(' COLLATE ' || collation_name, '') AS line
            FROM information_schema.columns WHERE table_schema = current_schema()
            UNION ALL
            SELECT 'constraint ' || conrelid::regclass::text || '.' || conname || ' ' || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
            UNION ALL
            SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes WHERE schemaname = current_schema()
        ) AS lines ORDER BY line COLLATE "C"
        """
}
