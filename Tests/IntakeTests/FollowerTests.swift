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

    @Test("A reply that did not reach its requester stands in the history, with why; nothing else of deliveries does")
    func deliveries() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            func tell(_ changed: DeliveryChanged, _ ticketID: Int64) async throws {
                let entry = JournalEntry(offset: 5, term: 1, ticketID: ticketID, body: .deliveryChanged(changed))
                try await desk.store.write("test") { try $0.applyNotification(entry) }
            }
            for state in DeliveryState.allCases {
                try await tell(
                    DeliveryChanged(deliveryID: 3, messageID: 5, state: state, code: "c", kind: "reply"), ticket.id)
                try await tell(DeliveryChanged(deliveryID: 4, state: state, code: "c", kind: "assignment"), ticket.id)
                try await tell(DeliveryChanged(deliveryID: 5, state: state, code: "c", kind: "reply"), 999)
            }
            let told = try await desk.history(ticket.id).filter { $0.kind.hasPrefix("delivery.") }
            #expect(Set(told.map(\.kind)) == ["delivery.failed", "delivery.bounced", "delivery.suppressed"])
            #expect(told.count == 3 && told.allSatisfy { $0.actor == Actor(kind: .service, name: "notification") })
            #expect(
                told[0].facts == [
                    CustomField(name: "message_id", value: "5"), CustomField(name: "delivery_id", value: "3"),
                    CustomField(name: "code", value: "c"),
                ])
        }
    }

    @Test(
        "What a requester answered to a survey stands on the ticket and in its history, the last answer on the ticket")
    func surveys() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            #expect(ticket.satisfaction == .unspecified)
            let requester = Actor(kind: .requester, id: ticket.requester?.id ?? 0)
            for satisfaction in [Satisfaction.bad, .good] {
                let entry = JournalEntry(
                    offset: 5, term: 1, actor: requester, ticketID: ticket.id,
                    body: .surveyAnswered(SurveyAnswered(deliveryID: 3, satisfaction: satisfaction, agentID: 9)))
                try await desk.store.write("test") { try $0.applyNotification(entry) }
            }
            let after = try await desk.ticket(ticket.id)
            #expect(after.satisfaction == .good && after.version == ticket.version)
            let told = try await desk.history(ticket.id).filter { $0.kind == "survey.answered" }
            #expect(told.map { $0.facts.first?.value } == ["bad", "good"])
            #expect(told.allSatisfy { $0.actor?.kind == .requester && $0.facts.last?.value == "9" })
        }
    }
}
