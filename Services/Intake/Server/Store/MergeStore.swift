import Model
import Store

/// What merging may make.
enum MergeLimits {
    /// The most tickets that one holds, those merged into them included; so no chain is longer.
    static let mostMerged = 100
}

extension Reader {
    /// The ticket that has the matter of this one now: itself, unless it was merged, over however many tickets.
    func current(_ ticket: StoredTicket) throws -> StoredTicket {
        var ticket = ticket
        for _ in 0...MergeLimits.mostMerged {
            let next = ticket.ticket.mergedIntoID
            guard next != 0 else { return ticket }
            guard let target = try self.ticket(next) else { preconditionFailure("ticket \(next) is named and missing") }
            ticket = target
        }
        preconditionFailure("ticket \(ticket.id) is merged over more tickets than are allowed")
    }

    /// The tickets that were merged into one, directly or by others.
    func mergedTickets(into ticketID: Int64) throws -> [Int64] {
        try rows(
            "SELECT source_id FROM ticket_merges WHERE target_id = ? ORDER BY source_id", [.integer(ticketID)]
        ).map { try $0.int("source_id") }
    }

    /// The condition on messages `m` that stand on the ticket `?1` or on one that was merged into it.
    func shown(on ticketID: Int64) throws -> String {
        guard try !mergedTickets(into: ticketID).isEmpty else { return "m.ticket_id = ?1" }
        return """
            m.ticket_id IN (SELECT id FROM tickets WHERE id = ?1
                UNION ALL SELECT source_id FROM ticket_merges WHERE target_id = ?1)
            """
    }

    /// Whether what stands on one ticket is shown on the other.
    func isShown(_ ticketID: Int64, on otherID: Int64) throws -> Bool {
        try ticketID == otherID
            || row(
                "SELECT 1 AS found FROM ticket_merges WHERE target_id = ? AND source_id = ?",
                [.integer(otherID), .integer(ticketID)]) != nil
    }
}

extension Transaction {
    /// Closes a ticket whose matter is another's. Nothing is moved: the target shows what stands on its sources, and each keeps its own.
    ///
    /// Both must have been checked. What the target's requester may not see (messages of a ticket that was somebody else's) is not counted for
    /// them; that other requester takes part from now on.
    func merge(_ source: StoredTicket, into target: StoredTicket, by provenance: Provenance) throws -> Recorded {
        for id in try [source.id] + mergedTickets(into: source.id) {
            try execute(
                "INSERT INTO ticket_merges (target_id, source_id) VALUES (?, ?)", [.integer(target.id), .integer(id)])
        }
        try execute(
            "UPDATE tickets SET merged_into_id = ? WHERE id = ?", [.integer(target.id), .integer(source.id)])
        try widen(target, by: source, provenance)
        return try close(source, mergedInto: target.id, provenance)
    }

    private func close(
        _ source: StoredTicket, mergedInto targetID: Int64, _ provenance: Provenance
    ) throws -> Recorded {
        var source = source
        source.ticket.mergedIntoID = targetID
        try insertHistory(
            .ticketMerged, ticketID: source.id, actor: provenance.actor, [("into_id", String(targetID))])
        // First that it is merged: who reads that it is closed must not take it for done.
        try record(.ticketMerged(TicketMerged(intoID: targetID)), source.ticket, provenance)
        let change = TicketChange(
            TicketEdit(status: .closed), of: source.ticket, isByPerson: true, nowMilliseconds: nowMilliseconds)
        return try changeTicket(change, of: source, by: provenance)
    }

    private func widen(_ target: StoredTicket, by source: StoredTicket, _ provenance: Provenance) throws {
        var wider = target
        wider.ticket.messageCount += source.ticket.messageCount
        if target.requesterID == source.requesterID { wider.publicMessageCount += source.publicMessageCount }
        wider.ticket.updatedAtMilliseconds = nowMilliseconds
        try updateTicket(wider, from: target)
        try moveParticipants(from: source, to: target, by: provenance.actor)
        try insertHistory(
            .ticketMerged, ticketID: target.id, actor: provenance.actor, [("from_id", String(source.id))])
        let change = FieldChange(field: "merged_from_id", newValue: String(source.id))
        let changed = TicketChanged(changes: [change], assignmentEpoch: target.ticket.assignmentEpoch)
        try record(.ticketChanged(changed), wider.ticket, provenance)
    }
}
