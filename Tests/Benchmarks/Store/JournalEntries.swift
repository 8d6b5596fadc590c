import Model
import ServiceKit
import Store

/// A believable journal of Intake: tickets that are opened, assigned, answered and solved while others come.
struct JournalEntries {
    /// Entries that the life of one ticket makes.
    static let perTicket: Int64 = 5
    /// So many tickets later comes the next step of a ticket's life.
    private static let stepTickets: Int64 = 50

    /// The entries that are due when ticket `ticket` of `count` is opened; the last steps of the last tickets follow beyond `count`.
    static func append(_ ticket: Int64, of count: Int64, _ transaction: Transaction) throws {
        for step in 0..<4 {
            let id = ticket - Int64(step) * stepTickets
            guard (1...count).contains(id) else { continue }
            for (body, actor) in bodies(id, step) {
                try transaction.journal(body, actor: actor, ticketID: id, version: Int64(step) + 1)
            }
        }
    }

    /// The loop's end for `append`.
    static func last(of count: Int64) -> Int64 { count + 3 * stepTickets }

    private static func bodies(_ ticket: Int64, _ step: Int) -> [(JournalEntry.Body, Actor)] {
        let requester = Actor(kind: .requester, id: ticket % 1000 + 1)
        let agent = Actor(kind: .agent, id: ticket % 20 + 1)
        switch step {
        case 0:
            return [
                (
                    .ticketCreated(
                        TicketCreated(
                            requesterID: requester.id, channel: .email, status: .new, priority: .normal,
                            type: .question,
                            tier: 1, tags: ["vip"], language: "en", assignmentEpoch: 1)), requester
                ),
                (.messageAdded(message(ticket * 2, requester, isFirst: true)), requester),
            ]
        case 1:
            let changes = [
                FieldChange(field: "assignee_id", oldValue: "", newValue: String(agent.id)),
                FieldChange(field: "status", oldValue: "new", newValue: "open"),
            ]
            return [(.ticketChanged(TicketChanged(changes: changes, assignmentEpoch: 2)), Actor(kind: .system))]
        case 2:
            return [(.messageAdded(message(ticket * 2 + 1, agent, isFirst: false)), agent)]
        default:
            let change = FieldChange(field: "status", oldValue: "open", newValue: "solved")
            return [(.ticketChanged(TicketChanged(changes: [change], assignmentEpoch: 2)), agent)]
        }
    }

    private static func message(_ id: Int64, _ author: Actor, isFirst: Bool) -> MessageAdded {
        MessageAdded(messageID: id, author: author, visibility: .public, channel: .email, first: isFirst)
    }
}
