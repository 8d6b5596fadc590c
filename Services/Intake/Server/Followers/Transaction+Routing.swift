import Model
import ServiceKit
import Store

extension Transaction {
    /// Applies an entry of routing's journal: proposals are applied, or refused with the reason.
    func applyRouting(_ entry: JournalEntry) throws {
        guard case .assignmentProposed(let proposal) = entry.body else { return }
        let provenance = Provenance(
            actor: Actor(kind: .service, name: "routing"), traceParent: entry.traceParent, cause: entry)
        guard let stored = try ticket(entry.ticketID) else {
            try journalRefusal("unknown_ticket", ticketID: entry.ticketID, version: 0, provenance)
            return
        }
        let isMerged = stored.ticket.mergedIntoID != 0
        let code = isMerged ? "ticket_merged" : stored.ticket.status == .closed ? "ticket_closed" : "stale_epoch"
        guard stored.ticket.status != .closed, stored.ticket.assignmentEpoch == proposal.epoch else {
            try journalRefusal(code, ticketID: stored.id, version: stored.ticket.version, provenance)
            return
        }
        let edit = TicketEdit(
            assigneeID: proposal.assigneeID, teamID: proposal.teamID == 0 ? nil : proposal.teamID,
            tier: proposal.tier == 0 ? nil : proposal.tier)
        let change = TicketChange(edit, of: stored.ticket, isByPerson: false, nowMilliseconds: nowMilliseconds)
        try apply(change, to: stored, isQueued: proposal.assigneeID == 0, reason: proposal.reason, provenance)
    }

    /// A proposal is answered by a `TicketChanged`, even when it changes nothing: a ticket that was queued stays queued.
    private func apply(
        _ change: TicketChange, to old: StoredTicket, isQueued: Bool, reason: String, _ provenance: Provenance
    ) throws {
        var stored = old
        stored.ticket = change.ticket
        if !change.isEmpty { try updateTicket(stored, from: old) }
        try write(history: change.history(isQueued: isQueued, reason: reason), ticketID: old.id, provenance)
        try record(.ticketChanged(try ticketChanged(change)), stored.ticket, provenance)
    }

    private func journalRefusal(_ code: String, ticketID: Int64, version: Int64, _ provenance: Provenance) throws {
        try journal(
            .proposalRefused(ProposalRefused(code: code)), actor: provenance.actor, ticketID: ticketID,
            version: version,
            cause: provenance.cause, traceParent: provenance.traceParent)
    }
}
