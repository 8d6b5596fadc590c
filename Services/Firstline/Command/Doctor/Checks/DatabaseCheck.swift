import Store

/// Whether the PostgreSQL servers beneath the stores keep what they acknowledge, and have room to go on.
struct DatabaseCheck: DoctorCheck {
    static let slackMilliseconds: Int64 = 2_000
    static let longBehindBytes: Int64 = 64 << 20
    static let muchKeptBytes: Int64 = 1 << 30
    /// Three quarters of what a transaction's number may count to.
    static let oldAge: Int64 = 1_500_000_000

    func run(_ context: DoctorContext) async -> CheckReport {
        var seen: Set<String> = []
        var findings: [Finding] = []
        var summaries: [String] = []
        for service in context.services {
            guard case .fine(let program) = context.described[service.name], let url = program.database?.url,
                let store = context.stores[service.name], let database = store.database, seen.insert(url).inserted
            else { continue }
            if database.isUnreachable { findings.append(Self.unreachable(service.name, store.problem ?? "")) }
            guard let server = database.server else { continue }
            findings += Self.findings(service.name, server, nowMilliseconds: context.nowMilliseconds)
            summaries.append(Self.summary(server))
        }
        if context.stores.values.contains(where: { $0.database?.lacksIndexCheck == true }) {
            findings.append(
                Finding(
                    .note, "index_check_absent",
                    "the server has no amcheck for us: indices were not compared with their tables",
                    advice:
                        "as its administrator: CREATE EXTENSION amcheck; GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean) TO the services' role"
                ))
        }
        return CheckReport(
            "database", .machine, summaries.isEmpty ? "no store is in PostgreSQL" : summaries.joined(separator: ", "),
            findings)
    }

    private static func summary(_ server: PostgresServer) -> String {
        let copies = server.standbys.map { "\($0.name) (\($0.synchrony))" }.joined(separator: ", ")
        return "PostgreSQL \(server.version), \(ByteCount.text(server.databaseBytes))"
            + (copies.isEmpty ? ", no standby" : ", standbys \(copies)")
    }

    static func unreachable(_ service: String, _ problem: String) -> Finding {
        Finding(
            .error, "database_unreachable", service: service, "no session with its server can be opened: \(problem)",
            advice:
                "if it does not run or cannot be reached from here, see pg_isready, the firewall and pg_hba.conf: services wait for it and go on by "
                + "themselves, and nothing acknowledged is lost; if it refuses the name, the password or the database, correct --store"
        )
    }

    /// - Parameter service: one whose store is there.
    static func findings(_ service: String, _ server: PostgresServer, nowMilliseconds: Int64) -> [Finding] {
        durability(service, server) + replication(service, server) + room(service, server)
            + clock(service, server, nowMilliseconds)
    }

    private static func durability(_ service: String, _ server: PostgresServer) -> [Finding] {
        var findings: [Finding] = []
        if server.versionNumber < PostgresServer.oldestVersionNumber {
            findings.append(
                Finding(
                    .error, "database_old", service: service,
                    "its server is PostgreSQL \(server.version), and the services refuse what is older than \(PostgresServer.oldestVersionNumber / 10_000)",
                    advice: "upgrade the server (pg_upgrade), or move the store to a newer one"))
        }
        for name in ["fsync", "full_page_writes"] where server.settings[name] == "off" {
            findings.append(
                Finding(
                    .error, "database_unsafe", service: service,
                    "its server runs with \(name) off: what is acknowledged may be lost, and the services refuse it",
                    advice: "set \(name) = on in postgresql.conf and reload"))
        }
        if server.settings["data_checksums"] == "off" {
            findings.append(
                Finding(
                    .note, "database_checksums", service: service,
                    "its server keeps no checksums of pages: it does not notice what a disk changes",
                    advice: "stop the server and run pg_checksums --enable, when there is time for it"))
        }
        return findings
    }

    private static func replication(_ service: String, _ server: PostgresServer) -> [Finding] {
        if server.isStandby {
            return [
                Finding(
                    .error, "database_standby", service: service,
                    "its URL leads to a standby server, which nobody can write to",
                    advice:
                        "name every server in the URL and ask for the one that writes: postgres://…@A:5432,B:5432/…?target_session_attrs=read-write; "
                        + "if no server is a primary now, see why none was promoted")
            ]
        }
        var findings: [Finding] = []
        let names = server.settings["synchronous_standby_names"] ?? ""
        // Empty where our role may not see it: then nothing is known.
        let isSeen = server.standbys.allSatisfy { !$0.synchrony.isEmpty }
        if !names.isEmpty, isSeen, !server.standbys.contains(where: { ["sync", "quorum"].contains($0.synchrony) }) {
            findings.append(
                Finding(
                    .error, "standby_missing", service: service,
                    "its server waits for a synchronous standby (\(names)), and none is connected: no write is acknowledged",
                    advice:
                        "bring the standby back; or, if it is lost, take it out of synchronous_standby_names and reload (Patroni does that itself)"
                ))
        }
        if !names.isEmpty, ["local", "off"].contains(server.settings["synchronous_commit"]) {
            findings.append(
                Finding(
                    .warning, "commit_local", service: service,
                    "its server has a synchronous standby, and synchronous_commit is \(server.settings["synchronous_commit"]!): a failover may lose what was acknowledged",
                    advice: "set synchronous_commit = on for the services' role"))
        }
        if names.isEmpty {
            findings.append(
                Finding(
                    .note, server.standbys.isEmpty ? "standby_none" : "standby_asynchronous", service: service,
                    server.standbys.isEmpty
                        ? "its server has no standby: losing it costs what came since the last backup"
                        : "its server's standbys are asynchronous: a failover may lose the last acknowledged writes",
                    advice: "add a synchronous standby where that is too much (deploy/README.md)"))
        }
        for standby in server.standbys where standby.behindBytes ?? 0 > longBehindBytes {
            findings.append(
                Finding(
                    .warning, "standby_behind", service: service,
                    "the standby \(standby.name) is \(ByteCount.text(standby.behindBytes!)) behind",
                    advice: "see whether it catches up; if not, its log and its disk say why"))
        }
        return findings
    }

    private static func room(_ service: String, _ server: PostgresServer) -> [Finding] {
        var findings: [Finding] = []
        for slot in server.unusedSlots where slot.isLost || slot.keptBytes > muchKeptBytes {
            findings.append(
                Finding(
                    slot.isLost ? .error : .warning, "slot_unused", service: service,
                    slot.isLost
                        ? "the standby of replication slot \(slot.name) has lost its connection to the log for good"
                        : "\(ByteCount.text(slot.keptBytes)) of log are kept for replication slot \(slot.name), which nobody uses: they may fill the disk",
                    advice:
                        "bring its standby back\(slot.isLost ? " from a new base backup" : ""), or drop the slot: SELECT pg_drop_replication_slot('\(slot.name)')"
                ))
        }
        if server.isArchivingFailing {
            findings.append(
                Finding(
                    .error, "archive_fails", service: service,
                    "its server cannot archive its log: it is kept meanwhile, and may fill the disk",
                    advice: "see pg_stat_archiver and the server's log for what archive_command says"))
        }
        if server.mostConnections > 0, server.connections * 10 > server.mostConnections * 9 {
            findings.append(
                Finding(
                    .warning, "connections_few", service: service,
                    "\(server.connections) of \(server.mostConnections) connections to its server are taken",
                    advice: "end who does not need theirs, or raise max_connections"))
        }
        if server.openTransactions > 0 {
            findings.append(
                Finding(
                    .warning, "transactions_open", service: service,
                    "\(server.openTransactions) transactions were left open minutes ago: nothing that was removed since can be cleaned up",
                    advice: "see pg_stat_activity for whose they are (state 'idle in transaction'), and end them"))
        }
        if server.transactionAge > oldAge {
            findings.append(
                Finding(
                    .error, "transactions_old", service: service,
                    "its database was not frozen for \(server.transactionAge) transactions; at two thousand million it stops writing",
                    advice: "run VACUUM FREEZE, and see what holds autovacuum up: open transactions, unused slots"))
        }
        return findings
    }

    private static func clock(_ service: String, _ server: PostgresServer, _ now: Int64) -> [Finding] {
        let ahead = server.clockMilliseconds - now
        // The answers are some seconds apart from this command's beginning.
        guard ahead < -slackMilliseconds || ahead > 60_000 else { return [] }
        return [
            Finding(
                .warning, "clock_differs", service: service,
                "its server's clock is \(abs(ahead) / 1_000) s \(ahead < 0 ? "behind" : "ahead of") this machine's",
                advice: "set both clocks by the same source (chrony)")
        ]
    }
}
