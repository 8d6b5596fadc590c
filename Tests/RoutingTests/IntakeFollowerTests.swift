import FirstlineTesting
import Foundation
import Model
import ServiceKit
import Store
import Testing

@testable import RoutingServer

/// A store of Routing's own, fed with entries as Intake would journal them.
private struct Desk {
    let store: Store
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "routing-\(UUID().uuidString)"
        store = try Store.open(
            StoreConfiguration(
                folder: folder, service: "routing", migrations: Schema.migrations, database: TestDatabase.at(folder)))
    }

    func close() async {
        await store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func agent(_ id: Int64, capacity: Int32 = 10, presence: Presence = .online) async throws {
        try await store.write("agent") { transaction in
            try AgentStore.ensure(id, role: .agent, active: true, in: transaction)
            var agent = try #require(try AgentStore.find(id, in: transaction))
            agent.capacity = capacity
            agent.presence = presence
            try AgentStore.update(agent, in: transaction)
            try Dispatcher.drain(cause: nil, in: transaction)
        }
    }

    func apply(_ entry: JournalEntry) async throws {
        try await store.write("entry") { try IntakeFollower.apply(entry, in: $0) }
    }

    func created(_ id: Int64) async throws {
        try await apply(
            JournalEntry(
                offset: id, term: 1, ticketID: id,
                body: .ticketCreated(TicketCreated(channel: .email, status: .new, priority: .normal, tier: 1))))
    }

    /// Intake's answer to the newest proposal on a ticket.
    func accepted(_ id: Int64, agent: Int64, epoch: Int64 = 1) async throws {
        let ticket = try #require(try await store.read { try RoutedTicketStore.find(id, in: $0) })
        try await apply(
            JournalEntry(
                term: 1, cause: Place(service: "routing", term: 1, offset: ticket.proposalOffset), ticketID: id,
                body: .ticketChanged(
                    TicketChanged(
                        changes: [FieldChange(field: "assignee_id", oldValue: "", newValue: String(agent))],
                        assignmentEpoch: epoch))))
    }

    func status(_ id: Int64, _ status: TicketStatus, epoch: Int64) async throws {
        try await apply(
            JournalEntry(
                term: 1, ticketID: id,
                body: .ticketChanged(
                    TicketChanged(
                        changes: [FieldChange(field: "status", newValue: status.name)], assignmentEpoch: epoch))))
    }

    func proposals() async throws -> [AssignmentProposed] {
        try await store.read { reader in
            try reader.entries(after: 0, limit: 1_000).compactMap { row in
                guard case .assignmentProposed(let proposal) = try JournalEntry(row).body else { return nil }
                return proposal
            }
        }
    }

    func load(of agent: Int64) async throws -> Int32 {
        try await store.read { try AgentStore.find(agent, in: $0)?.load ?? -1 }
    }

    func queue() async throws -> [Int64] {
        try await store.read { try RoutedTicketStore.queue(teamID: 0, limit: 100, in: $0).map(\.ticketID) }
    }
}

@Suite("Routing follows Intake")
struct IntakeFollowerTests {
    @Test("A proposal under way counts as load, so that nobody gets more than their capacity")
    func proposalsCount() async throws {
        let desk = try Desk()
        try await desk.agent(1, capacity: 2)
        for id in Int64(1)...3 { try await desk.created(id) }
        #expect(try await desk.proposals().map(\.assigneeID) == [1, 1, 0])
        #expect(try await desk.load(of: 1) == 2)
        #expect(try await desk.queue() == [3])
        await desk.close()
    }

    @Test("When capacity frees, the oldest waiting ticket goes first")
    func oldestFirst() async throws {
        let desk = try Desk()
        try await desk.agent(1, capacity: 1)
        for id in Int64(1)...3 { try await desk.created(id) }
        try await desk.accepted(1, agent: 1)
        #expect(try await desk.queue() == [2, 3])
        try await desk.status(1, .solved, epoch: 1)
        #expect(try await desk.queue() == [3])
        #expect(try await desk.proposals().map(\.assigneeID) == [1, 0, 0, 1])
        await desk.close()
    }

    @Test("An agent who comes online gets what waits")
    func comingOnline() async throws {
        let desk = try Desk()
        try await desk.created(1)
        #expect(try await desk.queue() == [1])
        try await desk.agent(7)
        #expect(try await desk.queue() == [])
        #expect(try await desk.proposals().last?.assigneeID == 7)
        await desk.close()
    }

    @Test("A refused proposal frees its place and the ticket is decided on anew")
    func refusal() async throws {
        let desk = try Desk()
        try await desk.agent(1)
        try await desk.created(1)
        let proposal = try #require(try await desk.store.read { try RoutedTicketStore.find(1, in: $0) }).proposalOffset
        try await desk.apply(
            JournalEntry(
                term: 1, cause: Place(service: "routing", term: 1, offset: proposal), ticketID: 1,
                body: .proposalRefused(ProposalRefused(code: "stale_epoch"))))
        let decisions = try await desk.store.read { try DecisionStore.all(of: 1, limit: 10, in: $0) }
        #expect(decisions.map(\.outcome) == ["refused", "proposed"])
        #expect(try await desk.load(of: 1) == 1)
        await desk.close()
    }

    @Test("A person's own choice is left alone")
    func personsChoice() async throws {
        let desk = try Desk()
        try await desk.created(1)
        try await desk.apply(
            JournalEntry(
                term: 1, actor: Actor(kind: .agent, id: 5), ticketID: 1,
                body: .ticketChanged(
                    TicketChanged(
                        changes: [FieldChange(field: "assignee_id", newValue: "5")], assignmentEpoch: 1))))
        try await desk.agent(7)
        #expect(try await desk.proposals().map(\.assigneeID) == [0])
        #expect(try await desk.queue() == [])
        await desk.close()
    }

    @Test("What users wait for is read by an index", .disabled(if: TestDatabase.isPostgres))
    func queryPlans() async throws {
        let desk = try Desk()
        let plan = try await desk.store.read { reader in
            try reader.rows(
                "EXPLAIN QUERY PLAN SELECT id FROM tickets WHERE queued_at_ms <> 0 ORDER BY queued_at_ms, id LIMIT 5"
            ).map { try $0.text("detail") }
        }
        #expect(plan.allSatisfy { $0.contains("USING COVERING INDEX tickets_queued") })
        await desk.close()
    }
}
