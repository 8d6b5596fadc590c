import FirstlineTesting
import Model
import Store
import Testing

@testable import IntakeServer

@Suite("The store of Intake")
struct SchemaTests {
    @Test("The schema is the one that was agreed")
    func golden() async throws {
        try await Desk.open { desk in
            try TestDatabase.golden("intake-schema").check(try await desk.store.schemaDump())
        }
    }

    @Test(
        "Every list that somebody waits for uses an index", .disabled(if: TestDatabase.isPostgres),
        arguments: SchemaTests.lists)
    func plans(list: ListTicketsRequest) async throws {
        try await Desk.open { desk in
            let query = TicketListQuery(list, requesterID: nil, after: nil, limit: 50)
            let plan = try await desk.store.read { try $0.plan(query.sql, query.values) }
            #expect(!plan.isEmpty)
            for step in plan where step.hasPrefix("SCAN tickets") {
                // In the order of ids from the newest on: it stops when the page is full.
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }

    static let lists: [ListTicketsRequest] = TicketSort.allCases.flatMap { sort in
        [
            ListTicketsRequest(sort: sort), ListTicketsRequest(statuses: [.new, .open], sort: sort),
            ListTicketsRequest(assigneeID: 7, sort: sort), ListTicketsRequest(teamID: 7, sort: sort),
            ListTicketsRequest(requesterID: 7, sort: sort), ListTicketsRequest(organizationID: 7, sort: sort),
            ListTicketsRequest(tag: "fire", sort: sort), ListTicketsRequest(createdAfterMilliseconds: 7, sort: sort),
            ListTicketsRequest(updatedAfterMilliseconds: 7, sort: sort),
        ]
    }

    @Test(
        "Every search finds its rows without reading all tickets", .disabled(if: TestDatabase.isPostgres),
        arguments: ["fire", "printer fire", "fire -water", "tag:x", "from:maria fire", "assignee:3"])
    func searchPlans(query: String) async throws {
        try await Desk.open { desk in
            let statement = SearchStatement(
                SearchQuery(query, me: 0), in: .sqlite, requesterID: nil, offset: 0, limit: 50)
            let plan = try await desk.store.read { try $0.plan(statement.sql, statement.values) }
            for step in plan {
                #expect(
                    !step.hasPrefix("SCAN search_rows") && !step.hasPrefix("SCAN s ")
                        && !step.hasPrefix("SCAN messages"))
            }
        }
    }

    @Test(
        "Threads, histories and mail are found by index", .disabled(if: TestDatabase.isPostgres),
        arguments: [
            "SELECT * FROM messages WHERE ticket_id = 1 AND id > 0 ORDER BY id LIMIT 50",
            "SELECT * FROM history WHERE ticket_id = 1 AND id > 0 ORDER BY id LIMIT 50",
            "SELECT * FROM attachments WHERE message_id = 1 ORDER BY id",
            "SELECT * FROM mail_sources WHERE source_key = 'x'",
            "SELECT ticket_id FROM mail_ids WHERE mail_id = 'x' ORDER BY message_id DESC LIMIT 1",
            "SELECT * FROM staff WHERE email = 'x' AND email <> ''",
            "SELECT id FROM blocked_senders WHERE sender IN ('x', 'y') AND removed_at IS NULL LIMIT 1",
            "SELECT source_id FROM ticket_merges WHERE target_id = 1 ORDER BY source_id",
            "SELECT requester_id FROM ticket_participants WHERE ticket_id = 1 AND requester_id IS NOT NULL",
            "SELECT * FROM suspended_mails WHERE source_key = 'x'",
            "SELECT * FROM tickets WHERE reply_token = 'x'", "SELECT * FROM requesters WHERE email = 'x'",
        ])
    func rowPlans(sql: String) async throws {
        try await Desk.open { desk in
            let plan = try await desk.store.read { try $0.plan(sql, []) }
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(plan)")
        }
    }
}

extension Reader {
    fileprivate func plan(_ sql: String, _ values: [Value]) throws -> [String] {
        try rows("EXPLAIN QUERY PLAN " + sql, values).map { try $0.text("detail") }
    }
}
