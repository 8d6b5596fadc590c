/// Who leads a store in PostgreSQL, as its lease tells from outside.
public struct StoreLeader: Sendable, Hashable {
    /// How long a leader may have been silent and still be taken for one that lives: its successor waits for as long.
    public static let longestSilenceMilliseconds = Int64(LeaseContest.silence / .milliseconds(1))

    /// Where it serves, or the service's name; empty when it gave up the lead in good order.
    public var address: String
    public var term: Int64
    /// How old its last heartbeat is, by the server's clock.
    public var silentMilliseconds: Int64
    /// The server's process of the session that holds the lock and writes; 0 for none.
    public var backend: Int64

    public init(address: String, term: Int64, silentMilliseconds: Int64, backend: Int64) {
        self.address = address
        self.term = term
        self.silentMilliseconds = silentMilliseconds
        self.backend = backend
    }

    /// Whether it holds the lock and tells that it lives.
    public var isAlive: Bool { backend != 0 && silentMilliseconds <= Self.longestSilenceMilliseconds }
}

extension PostgresInspector {
    /// Nil when nobody has led yet.
    public func leader() throws -> StoreLeader? {
        guard try rows("SELECT to_regclass('store_lease') IS NOT NULL AS found").first?.bool("found") == true else {
            return nil
        }
        return try rows(
            """
            SELECT term, address, \(LeaseTable.now) - beat AS silent, coalesce((
                SELECT pid::bigint FROM pg_locks, (SELECT \(LeaseContender.key) AS key) AS lease
                WHERE locktype = 'advisory' AND granted AND objsubid = 1
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND classid = ((key >> 32) & 4294967295)::oid AND objid = (key & 4294967295)::oid
            ), 0) AS backend
            FROM store_lease WHERE singleton = 1
            """
        ).first.map { row in
            StoreLeader(
                address: try row.text("address"), term: try row.int("term"), silentMilliseconds: try row.int("silent"),
                backend: try row.int("backend"))
        }
    }
}
