import Model
import ServiceKit
import Store
import Wire

/// Makes decisions inside a transaction: reads tickets and agents, journals proposals, keeps the queue.
enum Dispatcher {
    /// How many waiting tickets one drain looks at; the next change of capacity looks at more.
    static let mostQueuedPerDrain = 1_000
    private static let queuePage = 100

    /// Decides on a ticket that wants somebody, and journals the decision.
    /// - Parameter cause: the entry that led here; nil for an operator's act.
    static func decide(_ ticket: RoutedTicket, cause: JournalEntry?, in transaction: Transaction) throws {
        let assignment = Assignment.decide(ticket, among: try AgentStore.states(in: transaction))
        try propose(assignment, for: ticket, cause: cause, in: transaction)
    }

    /// Gives waiting tickets to agents with room, oldest first.
    /// - Parameter traceParent: of an operator's act, which has no cause.
    static func drain(cause: JournalEntry?, traceParent: String = "", in transaction: Transaction) throws {
        guard try AgentStore.anybodyHasRoom(in: transaction) else { return }
        var agents = try AgentStore.states(in: transaction)
        var place = (atMilliseconds: Int64(0), id: Int64(0))
        for _ in 0..<(mostQueuedPerDrain / queuePage) {
            let page = try RoutedTicketStore.queued(after: place, limit: queuePage, in: transaction)
            for (ticket, queuedAt) in page {
                place = (queuedAt, ticket.id)
                let assignment = Assignment.decide(ticket, among: agents)
                guard assignment.agentID != 0 else { continue }
                try propose(assignment, for: ticket, cause: cause, traceParent: traceParent, in: transaction)
                agents = try AgentStore.states(in: transaction)
                if !agents.contains(where: { $0.active && $0.presence == .online && $0.hasRoom }) { return }
            }
            if page.count < queuePage { return }
        }
    }

    private static func propose(
        _ assignment: Assignment, for ticket: RoutedTicket, cause: JournalEntry?, traceParent: String = "",
        in transaction: Transaction
    ) throws {
        let proposal = AssignmentProposed(
            epoch: ticket.epoch, teamID: assignment.teamID, assigneeID: assignment.agentID, tier: ticket.tier,
            reason: assignment.reason.rawValue)
        let place = try transaction.journal(
            .assignmentProposed(proposal), actor: Actor(kind: .service, name: "routing"), ticketID: ticket.id,
            cause: cause, traceParent: traceParent)
        let decision = Decision(
            atMilliseconds: transaction.nowMilliseconds, epoch: ticket.epoch, teamID: assignment.teamID,
            assigneeID: assignment.agentID, reason: assignment.reason.rawValue, candidates: assignment.candidates,
            outcome: "proposed")
        try DecisionStore.add(decision, ticketID: ticket.id, proposalOffset: place.offset, in: transaction)
        var ticket = ticket
        ticket.proposalOffset = place.offset
        ticket.proposedID = assignment.agentID
        try RoutedTicketStore.save(ticket, in: transaction)
        if assignment.agentID == 0 {
            try RoutedTicketStore.enqueue(ticket.id, reason: assignment.reason, in: transaction)
        } else {
            try AgentStore.noteAssignment(place.offset, of: assignment.agentID, in: transaction)
        }
    }
}
