import FirstlineTesting
import Model
import Store
import Testing

@testable import SLATimerServer

@Suite("The SLA timer's store")
struct TimerStoreTests {
    @Test("The schema is the one checked in")
    func schema() async throws {
        let desk = try await TimerDesk()
        try TestDatabase.golden("sla-timer-schema").check(try await desk.store.schemaDump())
    }

    struct Plan: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sql: String
        var values: [Value]
        /// Each must stand in the plan; a scan of a table must not.
        var uses: [String]
    }

    @Test(
        "Queries that run often, or that somebody waits for, use their index",
        .disabled(if: TestDatabase.isPostgres),
        arguments: [
            Plan(testDescription: "next timer", sql: SQL.nextTimer, values: [], uses: ["timer_next"]),
            Plan(testDescription: "due tickets", sql: SQL.dueTickets, values: [1, 1], uses: ["timer_next"]),
            Plan(testDescription: "tickets", sql: SQL.tickets(2), values: [1, 2], uses: ["PRIMARY KEY"]),
            Plan(testDescription: "stale tickets", sql: SQL.staleTickets, values: [1, 1], uses: ["ticket_stale"]),
            Plan(
                testDescription: "deadlines", sql: SQL.timers(tickets: 3), values: [1, 2, 3], uses: ["timer_current"]),
            Plan(
                testDescription: "pauses", sql: SQL.pauses(tickets: 2), values: [1, 2],
                uses: ["timer_current", "PRIMARY KEY"]),
        ])
    func plans(_ plan: Plan) async throws {
        let desk = try await TimerDesk()
        let steps = try await desk.store.read { reader in
            try reader.rows("EXPLAIN QUERY PLAN " + plan.sql, plan.values).map { try $0.text("detail") }
        }
        for index in plan.uses { #expect(steps.contains { $0.contains(index) }, "\(steps)") }
        #expect(!steps.contains { $0.hasPrefix("SCAN") && !$0.contains("INDEX") }, "\(steps)")
    }
}
