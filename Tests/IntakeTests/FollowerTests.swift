import Model
import Store
import Testing

@testable import IntakeServer

@Suite("What other services' journals do to a ticket")
struct FollowerTests {
    private func propose(
        _ desk: Desk, _ ticketID: Int64, _ proposal: AssignmentProposed, offset: Int64 = 5
    ) async throws -> JournalEntry? {
        let entry = JournalEntry(offset: offset, term: 1, ticketID: ticketID, body: .assignmentProposed(proposal))
        try await desk.store.write("test") { try $0.applyRouting(entry) }
        return try await desk.entries().last
    }

    @Test("A proposal of the current epoch is applied, and the journal names its cause")
    func applied() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let answer = try await propose(
                desk, ticket.id, AssignmentProposed(epoch: 1, teamID: 2, assigneeID: 9, tier: 1, reason: "least_loaded")
            )
            let after = try await desk.ticket(ticket.id)
            #expect(after.assigneeID == 9 && after.teamID == 2 && after.status == .open)
            #expect(after.assignmentEpoch == 2 && after.version == 1)
            #expect(answer?.cause == Place(service: "routing", term: 1, offset: 5))
            let assigned = try #require(try await desk.history(ticket.id).first { $0.kind == "ticket.assigned" })
            #expect(assigned.actor == Actor(kind: .service, name: "routing"))
            #expect(assigned.facts.contains(CustomField(name: "assignee_id", value: "9")))
            #expect(assigned.facts.contains(CustomField(name: "reason", value: "least_loaded")))
        }
    }

    @Test("A proposal of a stale epoch is refused: someone was quicker")
    func stale() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: 1, assigneeID: 4), desk.call())
            let answer = try await propose(desk, ticket.id, AssignmentProposed(epoch: 1, assigneeID: 9))
            #expect(answer?.body == .proposalRefused(ProposalRefused(code: "stale_epoch")))
            #expect(answer?.cause?.offset == 5)
            #expect(try await desk.ticket(ticket.id).assigneeID == 4)
        }
    }

    @Test("Proposals for closed and unknown tickets are refused")
    func refused() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: 1, status: .closed), desk.call())
            let closed = try await propose(desk, ticket.id, AssignmentProposed(epoch: 1, assigneeID: 9))
            #expect(closed?.body == .proposalRefused(ProposalRefused(code: "ticket_closed")))
            let unknown = try await propose(desk, 999, AssignmentProposed(epoch: 1, assigneeID: 9), offset: 6)
            #expect(unknown?.body == .proposalRefused(ProposalRefused(code: "unknown_ticket")))
        }
    }

    @Test("A queued ticket stays new, says so in its history, and is answered in the journal")
    func queued() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let answer = try await propose(
                desk, ticket.id, AssignmentProposed(epoch: 1, assigneeID: 0, tier: 1, reason: "no_agent_online"))
            #expect(answer?.body == .ticketChanged(TicketChanged(changes: [], assignmentEpoch: 1)))
            #expect(try await desk.ticket(ticket.id).status == .new)
            let last = try #require(try await desk.history(ticket.id).last)
            #expect(last.kind == "ticket.queued")
            #expect(last.facts.contains(CustomField(name: "reason", value: "no_agent_online")))
        }
    }

    @Test("Warnings and breaches stand in the history with their metric")
    func sla() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let warned = JournalEntry(ticketID: ticket.id, body: .timerWarned(TimerWarned(metric: .firstResponse)))
            let breached = JournalEntry(
                ticketID: ticket.id, body: .timerBreached(TimerBreached(metric: .firstResponse)))
            try await desk.store.write("test") {
                try $0.applySLATimer(warned)
                try $0.applySLATimer(breached)
            }
            let events = try await desk.history(ticket.id).suffix(2)
            #expect(events.map(\.kind) == ["sla.warned", "sla.breached"])
            #expect(events.last?.facts == [CustomField(name: "metric", value: "first_response")])
        }
    }
}
