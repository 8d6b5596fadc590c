/// What a PostgreSQL server tells of itself: whether what it acknowledges lasts, and who has a copy.
public struct PostgresServer: Sendable, Hashable {
    /// A server that is sent this one's write-ahead log.
    public struct Standby: Sendable, Hashable {
        public var name: String
        /// "streaming", "catchup", …; empty where our role may not see it.
        public var state: String
        /// "sync", "quorum", "potential" or "async"; empty where our role may not see it.
        public var synchrony: String
        /// Bytes of the log that it has not replayed; nil where our role may not see it.
        public var behindBytes: Int64?

        public init(name: String, state: String, synchrony: String, behindBytes: Int64?) {
            self.name = name
            self.state = state
            self.synchrony = synchrony
            self.behindBytes = behindBytes
        }
    }

    /// A place in the write-ahead log that is kept for somebody who is not connected.
    public struct UnusedSlot: Sendable, Hashable {
        public var name: String
        public var keptBytes: Int64
        /// The log that it wants is gone already.
        public var isLost: Bool

        public init(name: String, keptBytes: Int64, isLost: Bool) {
            self.name = name
            self.keptBytes = keptBytes
            self.isLost = isLost
        }
    }

    /// As "15.6".
    public var version = ""
    public var versionNumber: Int64 = 0
    public var clockMilliseconds: Int64 = 0
    /// It follows another server, and nobody can write to it.
    public var isStandby = false
    /// The values of `settings`, by name.
    public var settings: [String: String] = [:]
    public var databaseBytes: Int64 = 0
    public var connections: Int64 = 0
    public var mostConnections: Int64 = 0
    /// Transactions since the database's oldest row was frozen; at 2^31 it would stop writing.
    public var transactionAge: Int64 = 0
    /// Transactions that somebody has left open for minutes.
    public var openTransactions: Int64 = 0
    /// It has failed to archive its log since it last succeeded.
    public var isArchivingFailing = false
    public var standbys: [Standby] = []
    public var unusedSlots: [UnusedSlot] = []

    public static let oldestVersionNumber = Int64(PostgresEngine.oldestVersion)

    public init() {}
}

extension PostgresInspector {
    public func server() throws -> PostgresServer {
        var server = PostgresServer()
        for row in try rows(
            """
            SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'server_version_num', 'max_connections', 'fsync',
                'full_page_writes', 'synchronous_commit', 'synchronous_standby_names', 'data_checksums')
            """)
        {
            server.settings[try row.text("name")] = try row.text("setting")
        }
        server.version = server.settings["server_version"] ?? ""
        server.versionNumber = Int64(server.settings["server_version_num"] ?? "") ?? 0
        server.mostConnections = Int64(server.settings["max_connections"] ?? "") ?? 0
        if let row = try rows(
            """
            SELECT \(LeaseTable.now) AS now, pg_is_in_recovery() AS is_standby, pg_database_size(current_database()) AS bytes,
                (SELECT age(datfrozenxid)::bigint FROM pg_database WHERE datname = current_database()) AS age,
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' OR backend_type IS NULL) AS connections,
                (SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'
                    AND state_change < clock_timestamp() - interval '5 minutes') AS open_transactions,
                (SELECT failed_count > 0 AND last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver) AS failing
            """
        ).first {
            server.clockMilliseconds = try row.int("now")
            server.isStandby = try row.bool("is_standby")
            server.databaseBytes = try row.int("bytes")
            server.transactionAge = try row.int("age")
            server.connections = try row.int("connections")
            server.openTransactions = try row.int("open_transactions")
            server.isArchivingFailing = try row.intOrNil("failing") == 1
        }
        // A standby has no log of its own to measure by.
        guard !server.isStandby else { return server }
        server.standbys = try rows(
            """
            SELECT coalesce(application_name, '') AS name, coalesce(state, '') AS state, coalesce(sync_state, '') AS synchrony,
                pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint AS behind
            FROM pg_stat_replication ORDER BY name, pid
            """
        ).map { row in
            PostgresServer.Standby(
                name: try row.text("name"), state: try row.text("state"), synchrony: try row.text("synchrony"),
                behindBytes: try row.intOrNil("behind"))
        }
        server.unusedSlots = try rows(
            """
            SELECT slot_name::text AS name, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint AS kept,
                coalesce(wal_status, '') = 'lost' AS is_lost
            FROM pg_replication_slots WHERE NOT active ORDER BY name
            """
        ).map { row in
            PostgresServer.UnusedSlot(
                name: try row.text("name"), keptBytes: try row.int("kept"), isLost: try row.bool("is_lost"))
        }
        return server
    }
}
