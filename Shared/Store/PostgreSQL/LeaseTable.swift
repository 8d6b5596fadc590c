import CPostgreSQL

/// The row that tells who leads, over a session of its own. Its commits need not be durable: what they tell is of the present.
///
/// `@unchecked Sendable`: only touched on the queue of the lease.
final class LeaseTable: @unchecked Sendable {
    private let address: PostgresAddress
    private var session: PostgresSession?

    init(_ address: PostgresAddress) {
        self.address = address
    }

    /// Makes the row's table when it is missing.
    static func make(_ session: PostgresSession) throws(StoreError) {
        try session.runScript(
            """
            BEGIN;
            SELECT pg_advisory_xact_lock(\(LeaseContender.makingKey));
            CREATE TABLE IF NOT EXISTS store_lease (
                singleton BIGINT PRIMARY KEY CHECK (singleton = 1),
                term BIGINT NOT NULL,
                address TEXT NOT NULL,
                beat BIGINT NOT NULL
            );
            COMMIT
            """)
    }

    /// What the row says: the leader's address, its last heartbeat, and whether that is young; nil when nobody has led yet.
    func holder() throws(StoreError) -> (address: String, beat: Int64, isFresh: Bool)? {
        let row = try rows(
            """
            SELECT address, beat, \(Self.now) - beat < 5000 AS fresh FROM store_lease WHERE singleton = 1 AND address <> ''
            """, []
        ).first
        guard let row else { return nil }
        return (try row.text("address"), try row.int("beat"), try row.int("fresh") == 1)
    }

    /// Says that the leader of `term` lives; false when another leads by now.
    func beat(term: Int64) throws(StoreError) -> Bool {
        try !rows(
            "UPDATE store_lease SET beat = \(Self.now) WHERE singleton = 1 AND term = ? RETURNING term",
            [.integer(term)]
        ).isEmpty
    }

    /// Says that the leader of `term` has gone in good order.
    func free(term: Int64) throws(StoreError) {
        _ = try rows(
            "UPDATE store_lease SET address = '' WHERE singleton = 1 AND term = ? RETURNING term", [.integer(term)])
    }

    /// The server's process that holds the lock of `key`; 0 for none.
    func backend(key: Int64) throws(StoreError) -> Int64 {
        let row = try rows(
            """
            SELECT pid::bigint AS pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid = ?::bigint::oid AND objid = ?::bigint::oid
            """,
            [.integer(Int64(UInt32(truncatingIfNeeded: key >> 32))), .integer(Int64(UInt32(truncatingIfNeeded: key)))]
        ).first
        return try row?.int("pid") ?? 0
    }

    func end(backend: Int64) throws(StoreError) {
        _ = try rows("SELECT pg_terminate_backend(?::bigint::integer) AS ended", [.integer(backend)])
    }

    /// Has the next call open a new session.
    func reconnect() {
        session = nil
    }

    /// The server's clock, in milliseconds since the epoch.
    static let now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"

    private func rows(_ sql: String, _ values: [Value]) throws(StoreError) -> [Row] {
        do {
            return try open().rows(sql, values)
        } catch {
            if session?.isLost == true { session = nil }
            throw error
        }
    }

    private func open() throws(StoreError) -> PostgresSession {
        if let session { return session }
        let opened = try PostgresSession(
            address, name: "firstline lease", parameters: ["synchronous_commit": "off", "statement_timeout": "2000"])
        session = opened
        return opened
    }
}
