import Model
import ServiceKit
import Store
import Wire

/// What routing does with each entry of Intake's journal.
enum IntakeFollower {
    static func apply(_ entry: JournalEntry, in transaction: Transaction) throws {
        switch entry.body {
        case .ticketCreated(let created): try apply(created, entry, in: transaction)
        case .ticketChanged(let changed): try apply(changed, entry, in: transaction)
        case .proposalRefused: try applyRefusal(entry, in: transaction)
        default: break
        }
    }

    private static func apply(
        _ created: TicketCreated, _ entry: JournalEntry, in transaction: Transaction
    ) throws {
        let ticket = RoutedTicket(
            id: entry.ticketID, status: created.status, teamID: created.teamID, assigneeID: created.assigneeID,
            tier: created.tier, epoch: created.assignmentEpoch, proposedID: 0, proposalOffset: 0)
        try RoutedTicketStore.save(ticket, in: transaction)
        if ticket.wantsAgent { try Dispatcher.decide(ticket, cause: entry, in: transaction) }
    }

    private static func apply(
        _ changed: TicketChanged, _ entry: JournalEntry, in transaction: Transaction
    ) throws {
        guard var ticket = try RoutedTicketStore.find(entry.ticketID, in: transaction) else { return }
        let before = ticket
        for change in changed.changes {
            switch change.field {
            case "status": ticket.status = TicketStatus(name: change.newValue) ?? ticket.status
            case "team_id": ticket.teamID = Int64(change.newValue) ?? 0
            case "assignee_id": ticket.assigneeID = Int64(change.newValue) ?? 0
            case "tier": ticket.tier = Int32(change.newValue) ?? ticket.tier
            default: break
            }
        }
        ticket.epoch = changed.assignmentEpoch
        let isAnswer = ticket.proposalOffset != 0 && answers(entry, ticket.proposalOffset)
        if isAnswer {
            try DecisionStore.settle(ticket.proposalOffset, outcome: "applied", in: transaction)
        }
        // A proposal on an older epoch will be refused: it holds nobody's place any longer.
        if isAnswer || ticket.epoch != before.epoch || !ticket.isOpen { ticket.proposedID = 0 }
        try RoutedTicketStore.save(ticket, in: transaction)
        let isNewlyWanted = ticket.epoch != before.epoch || ticket.isOpen != before.isOpen
        if ticket.wantsAgent && ticket.proposedID == 0 && isNewlyWanted {
            try Dispatcher.decide(ticket, cause: entry, in: transaction)
        }
        if freesCapacity(before, ticket) { try Dispatcher.drain(cause: entry, in: transaction) }
    }

    private static func applyRefusal(_ entry: JournalEntry, in transaction: Transaction) throws {
        guard let refused = entry.cause, refused.service == "routing" else { return }
        try DecisionStore.settle(refused.offset, outcome: "refused", in: transaction)
        guard var ticket = try RoutedTicketStore.find(entry.ticketID, in: transaction),
            ticket.proposalOffset == refused.offset
        else { return }
        ticket.proposedID = 0
        try RoutedTicketStore.save(ticket, in: transaction)
        if ticket.wantsAgent { try Dispatcher.decide(ticket, cause: entry, in: transaction) }
        try Dispatcher.drain(cause: entry, in: transaction)
    }

    private static func freesCapacity(_ before: RoutedTicket, _ after: RoutedTicket) -> Bool {
        holder(before) != 0 && holder(before) != holder(after)
    }

    private static func holder(_ ticket: RoutedTicket) -> Int64 {
        ticket.proposedID != 0 ? ticket.proposedID : ticket.isOpen ? ticket.assigneeID : 0
    }

    private static func answers(_ entry: JournalEntry, _ proposalOffset: Int64) -> Bool {
        entry.cause.map { $0.service == "routing" && $0.offset == proposalOffset } ?? false
    }
}
