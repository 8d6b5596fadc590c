import Model
import Store

/// What taking part is bounded by.
enum ParticipantLimits {
    /// The most people who get copies of a ticket's replies.
    static let most = 50
}

extension Reader {
    /// Whether that address has already taken part in the ticket.
    func isParticipant(_ email: String, ticketID: Int64) throws -> Bool {
        try row(
            "SELECT 1 AS found FROM ticket_participants WHERE ticket_id = ? AND email = ?",
            [.integer(ticketID), .text(email)]) != nil
    }

    /// Those who get copies, in the order in which they came.
    func participants(ticketID: Int64) throws -> [Participant] {
        try rows(
            """
            SELECT requester_id, added_at, added_by_kind, added_by_id, added_by_service FROM ticket_participants
            WHERE ticket_id = ? AND requester_id IS NOT NULL ORDER BY added_at, requester_id LIMIT ?
            """, [.integer(ticketID), .integer(Int64(ParticipantLimits.most))]
        ).map(participant)
    }

    /// One of them; nil for whoever is none.
    func participant(_ requesterID: Int64, of ticketID: Int64) throws -> Participant? {
        try row(
            """
            SELECT requester_id, added_at, added_by_kind, added_by_id, added_by_service FROM ticket_participants
            WHERE ticket_id = ? AND requester_id = ?
            """, [.integer(ticketID), .integer(requesterID)]
        ).map(participant)
    }

    private func participant(_ row: Row) throws -> Participant {
        Participant(
            requester: try requester(try row.int("requester_id")), addedAtMilliseconds: try row.int("added_at"),
            addedBy: Actor(
                kind: try known("added_by_kind", row, ActorKind.init(rawValue:)), id: try row.int("added_by_id"),
                name: try row.text("added_by_service")))
    }

    /// Which requesters get copies of a reply; never the ticket's own, who gets the reply itself.
    func copiedIDs(of ticket: Ticket) throws -> [Int64] {
        try rows(
            """
            SELECT requester_id FROM ticket_participants
            WHERE ticket_id = ? AND requester_id IS NOT NULL AND requester_id <> ?
            ORDER BY added_at, requester_id LIMIT ?
            """,
            [.integer(ticket.id), .integer(ticket.requester?.id ?? 0), .integer(Int64(ParticipantLimits.most))]
        ).map { try $0.int("requester_id") }
    }
}

extension Transaction {
    /// They may answer by mail from now on; copies they do not get.
    /// - Parameter emails: lower case.
    func addParticipants(_ emails: [String], ticketID: Int64) throws {
        for email in emails {
            try execute(
                """
                INSERT INTO ticket_participants
                    (ticket_id, email, requester_id, added_at, added_by_kind, added_by_id, added_by_service)
                VALUES (?, ?, NULL, ?, ?, 0, '') ON CONFLICT DO NOTHING
                """,
                [.integer(ticketID), .text(email), .integer(nowMilliseconds), number(ActorKind.system)])
        }
    }

    /// Has a requester take part: they get copies of public replies from now on, and may answer. Whoever does so already stays as they are, and
    /// so does the ticket where as many take part as may.
    /// - Returns: Whether they are new.
    @discardableResult
    func addParticipant(_ requester: Requester, to ticket: Ticket, by actor: Actor) throws -> Bool {
        guard requester.id != ticket.requester?.id, !requester.email.hasSuffix(".invalid") else { return false }
        let present = try participants(ticketID: ticket.id)
        guard present.count < ParticipantLimits.most, !present.contains(where: { $0.requester?.id == requester.id })
        else { return false }
        try execute(
            """
            INSERT INTO ticket_participants
                (ticket_id, email, requester_id, added_at, added_by_kind, added_by_id, added_by_service)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (ticket_id, email)
            DO UPDATE SET requester_id = ?3, added_at = ?4, added_by_kind = ?5, added_by_id = ?6, added_by_service = ?7
            """,
            [
                .integer(ticket.id), .text(requester.email), .integer(requester.id), .integer(nowMilliseconds),
                number(actor.kind), .integer(actor.id), .text(actor.name),
            ])
        try insertHistory(
            .participantAdded, ticketID: ticket.id, actor: actor, [("requester_id", String(requester.id))])
        return true
    }

    /// They neither get copies nor answer by In-Reply-To any more.
    func removeParticipant(_ requesterID: Int64, from ticketID: Int64, by actor: Actor) throws {
        try execute(
            "DELETE FROM ticket_participants WHERE ticket_id = ? AND requester_id = ?",
            [.integer(ticketID), .integer(requesterID)])
        try insertHistory(
            .participantRemoved, ticketID: ticketID, actor: actor, [("requester_id", String(requesterID))])
    }

    /// Whoever took part in a merged ticket takes part in the one that it was merged into, its requester first.
    func moveParticipants(from source: StoredTicket, to target: StoredTicket, by actor: Actor) throws {
        if let requester = source.ticket.requester { try addParticipant(requester, to: target.ticket, by: actor) }
        for participant in try participants(ticketID: source.id) {
            guard let requester = participant.requester else { continue }
            try addParticipant(requester, to: target.ticket, by: actor)
        }
    }
}
