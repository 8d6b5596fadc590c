import Store
import Testing

@testable import FirstlineCommand

@Suite("What the doctor thinks of PostgreSQL")
struct DatabaseJudgementTests {
    private func server(_ change: (inout PostgresServer) -> Void = { _ in }) -> PostgresServer {
        var server = PostgresServer()
        server.version = "15.6"
        server.versionNumber = 150_006
        server.settings = [
            "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "synchronous_standby_names": "b",
            "data_checksums": "on",
        ]
        server.mostConnections = 100
        server.standbys = [.init(name: "b", state: "streaming", synchrony: "sync", behindBytes: 0)]
        change(&server)
        return server
    }

    @Test("A server with a synchronous standby is well")
    func well() {
        #expect(DatabaseCheck.findings("intake", server(), nowMilliseconds: 0) == [])
    }

    private typealias Change = @Sendable (inout PostgresServer) -> Void

    /// What is told of a server that differs from a good one by one change.
    private static let judgements: [(String, Severity, Change)] = [
        ("database_old", .error, { $0.versionNumber = 140_010 }),
        ("database_unsafe", .error, { $0.settings["fsync"] = "off" }),
        ("database_checksums", .note, { $0.settings["data_checksums"] = "off" }),
        ("database_standby", .error, { $0.isStandby = true }),
        ("standby_missing", .error, { $0.standbys = [] }),
        ("standby_missing", .error, { $0.standbys[0].synchrony = "async" }),
        ("standby_behind", .warning, { $0.standbys[0].behindBytes = 1 << 30 }),
        ("commit_local", .warning, { $0.settings["synchronous_commit"] = "local" }),
        ("standby_asynchronous", .note, { $0.settings["synchronous_standby_names"] = "" }),
        ("slot_unused", .warning, { $0.unusedSlots = [.init(name: "old", keptBytes: 2 << 30, isLost: false)] }),
        ("slot_unused", .error, { $0.unusedSlots = [.init(name: "old", keptBytes: 0, isLost: true)] }),
        ("archive_fails", .error, { $0.isArchivingFailing = true }),
        ("connections_few", .warning, { $0.connections = 95 }),
        ("transactions_open", .warning, { $0.openTransactions = 1 }),
        ("transactions_old", .error, { $0.transactionAge = 1_900_000_000 }),
        ("clock_differs", .warning, { $0.clockMilliseconds = -10_000 }),
    ]

    @Test("What a server tells of itself is judged", arguments: judgements)
    private func judged(code: String, severity: Severity, change: Change) {
        let found = DatabaseCheck.findings("intake", server(change), nowMilliseconds: 0)
        #expect(found.map(\.code) == [code])
        #expect(found.map(\.severity) == [severity])
        #expect(found.allSatisfy { !$0.advice.isEmpty })
    }

    @Test("What our role may not see is not judged")
    func unseen() {
        let unseen = server { $0.standbys = [.init(name: "", state: "", synchrony: "", behindBytes: nil)] }
        #expect(DatabaseCheck.findings("intake", unseen, nowMilliseconds: 0) == [])
    }

    @Test(
        "A leader lives, is silent, has gone without a word, or has stepped down",
        arguments: [
            ("a:1", 400, 7, true, nil), ("a:1", 9_000, 7, true, "leader_silent"),
            ("a:1", 9_000, 0, true, "leader_gone"),
            ("a:1", 9_000, 0, false, "leader_gone"), ("", 9_000, 0, false, nil), ("", 9_000, 0, true, "leader_none"),
        ] as [(String, Int64, Int64, Bool, String?)])
    func leader(address: String, silent: Int64, backend: Int64, isRunning: Bool, code: String?) {
        let leader = StoreLeader(address: address, term: 3, silentMilliseconds: silent, backend: backend)
        let found = LeadersCheck.findings("intake", leader, isRunning: isRunning)
        #expect(found.map(\.code) == (code.map { [$0] } ?? []))
        #expect(
            LeadersCheck.findings("intake", nil, isRunning: isRunning).map(\.code) == (isRunning ? ["leader_none"] : [])
        )
    }
}
