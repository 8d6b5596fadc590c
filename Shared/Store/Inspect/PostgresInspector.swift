import Synchronization

/// Looks at a PostgreSQL store through a session of its own, which can only read.
///
/// It takes no part in the lease, and a look of its own ends by itself: it holds up no service.
public final class PostgresInspector: StoreInspector, Sendable {
    /// Lines of one finding of the server's; the rest says the same.
    static let mostLines = 20

    private let session: Mutex<PostgresSession?>

    /// - Parameter limit: how long one statement may take.
    /// - Throws: ``StoreError/unavailable(message:)`` when the server cannot be reached; other `StoreError`s for what it refuses.
    public init(_ address: PostgresAddress, limit: Duration) throws {
        session = Mutex(
            try PostgresSession(
                address, name: "firstline doctor",
                parameters: [
                    "default_transaction_read_only": "on", "lock_timeout": "2000",
                    "statement_timeout": "\(max(1, Int(limit / .milliseconds(1))))",
                ]))
    }

    public func rows(_ sql: String, _ values: [Value] = []) throws -> [Row] {
        try session.withLock { session in
            guard let session else { throw StoreError.closed }
            do throws(StoreError) {
                return try session.rows(sql, values)
            } catch {
                if error == .readTooLong { throw InspectionEnded(.tookTooLong) }
                throw error
            }
        }
    }

    /// Whether a store was made in the schema.
    public func hasStore() throws -> Bool {
        try has(table: "store_meta")
    }

    public func has(table: String) throws -> Bool {
        try rows("SELECT to_regclass(?) IS NOT NULL AS found", [.text(table)]).first?.bool("found") ?? false
    }

    /// What the server's catalogue and its counters say; when thorough, also what its own extension amcheck finds in indices, where it is
    /// installed and may be used.
    public func damage(thorough: Bool) throws -> [String] {
        var lines = try rows(
            """
            SELECT 'index ' || index.relname || ' is not valid: its making was cut short' AS line
            FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
            WHERE index.relnamespace = current_schema()::regnamespace AND NOT indisvalid
            UNION ALL
            SELECT 'constraint ' || conname || ' of ' || conrelid::regclass::text || ' was never checked' FROM pg_constraint
            WHERE connamespace = current_schema()::regnamespace AND NOT convalidated
            UNION ALL
            SELECT checksum_failures || ' pages of the database did not fit their checksums' FROM pg_stat_database
            WHERE datname = current_database() AND checksum_failures > 0
            """
        ).map { try $0.text("line") }
        if thorough, let function = try indexCheck() { lines += try brokenIndices(function) }
        return lines
    }

    /// Whether a thorough look compares indices with their tables.
    public func canCheckIndices() throws -> Bool { try indexCheck() != nil }

    /// The quoted name of amcheck's function; nil where it is not installed, or not for us.
    private func indexCheck() throws -> String? {
        try rows(
            """
            SELECT quote_ident(nspname) || '.bt_index_check' AS name FROM pg_proc JOIN pg_namespace AS schema ON schema.oid = pronamespace
            WHERE proname = 'bt_index_check' AND pronargs = 2 AND has_function_privilege(pg_proc.oid, 'EXECUTE') LIMIT 1
            """
        ).first?.text("name")
    }

    private func brokenIndices(_ function: String) throws -> [String] {
        let indices = try rows(
            """
            SELECT index.oid::bigint AS id, index.relname::text AS name FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
            JOIN pg_am ON pg_am.oid = index.relam
            WHERE index.relnamespace = current_schema()::regnamespace AND amname = 'btree' AND indisvalid ORDER BY name
            """)
        var lines: [String] = []
        for index in indices where lines.count < Self.mostLines {
            do {
                _ = try rows(
                    "SELECT \(function)(?::bigint::oid::regclass, true) IS NULL AS checked", [index["id"]])
            } catch StoreError.database(_, let message) {
                lines.append("index \(try index.text("name")): \(message)")
            }
        }
        return lines
    }

    public func close() {
        session.withLock { $0 = nil }
    }
}
