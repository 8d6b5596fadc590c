import Model
import Store
import Wire

/// Routing's replica of tickets, its queue, and the SQL that keeps them.
enum RoutedTicketStore {
    static func find(_ id: Int64, in reader: Reader) throws -> RoutedTicket? {
        try reader.row(
            """
            SELECT id, status, team_id, assignee_id, tier, epoch, proposed_id, proposal_offset FROM tickets WHERE id = ?
            """, [.integer(id)]
        ).map(ticket)
    }

    /// Writes a ticket's facts. A ticket that does not wait any more leaves the queue.
    static func save(_ ticket: RoutedTicket, in transaction: Transaction) throws {
        let holder = ticket.proposedID != 0 ? ticket.proposedID : ticket.isOpen ? ticket.assigneeID : 0
        let stays = ticket.wantsAgent && ticket.proposedID == 0
        try transaction.execute(
            """
            INSERT INTO tickets (id, status, team_id, assignee_id, tier, epoch, proposed_id, proposal_offset, holder_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (id) DO UPDATE SET status = ?2, team_id = ?3, assignee_id = ?4, tier = ?5, epoch = ?6,
                proposed_id = ?7, proposal_offset = ?8, holder_id = ?9,
                queued_at_ms = CASE WHEN ?10 = 1 THEN tickets.queued_at_ms ELSE 0 END
            """,
            [
                .integer(ticket.id), .integer(Int64(ticket.status.rawValue)), .integer(ticket.teamID),
                .integer(ticket.assigneeID), .integer(Int64(ticket.tier)), .integer(ticket.epoch),
                .integer(ticket.proposedID), .integer(ticket.proposalOffset), .integer(holder),
                .integer(stays ? 1 : 0),
            ])
    }

    /// Puts a ticket into the queue; one that waits already keeps its place.
    static func enqueue(_ id: Int64, reason: Assignment.Reason, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE tickets SET queue_reason = ?,
                queued_at_ms = CASE WHEN queued_at_ms = 0 THEN ? ELSE queued_at_ms END WHERE id = ?
            """, [.text(reason.rawValue), .integer(transaction.nowMilliseconds), .integer(id)])
    }

    /// Waiting tickets after a place in the queue, oldest first.
    static func queued(
        after place: (atMilliseconds: Int64, id: Int64), limit: Int, in reader: Reader
    ) throws -> [(ticket: RoutedTicket, queuedAtMilliseconds: Int64)] {
        try reader.rows(
            """
            SELECT id, status, team_id, assignee_id, tier, epoch, proposed_id, proposal_offset, queued_at_ms FROM tickets
            WHERE queued_at_ms <> 0 AND (queued_at_ms, id) > (?, ?) ORDER BY queued_at_ms, id LIMIT ?
            """, [.integer(place.atMilliseconds), .integer(place.id), .integer(Int64(limit))]
        ).map { (try ticket($0), try $0.int("queued_at_ms")) }
    }

    /// The queue of a team, or of all with 0, in the order in which it is drained.
    static func queue(teamID: Int64, limit: Int, in reader: Reader) throws -> [QueuedTicket] {
        let rows =
            if teamID == 0 {
                try reader.rows(
                    """
                    SELECT id, team_id, queued_at_ms, queue_reason FROM tickets
                    WHERE queued_at_ms <> 0 ORDER BY queued_at_ms, id LIMIT ?
                    """, [.integer(Int64(limit))])
            } else {
                try reader.rows(
                    """
                    SELECT id, team_id, queued_at_ms, queue_reason FROM tickets
                    WHERE team_id = ? AND queued_at_ms <> 0 ORDER BY queued_at_ms, id LIMIT ?
                    """, [.integer(teamID), .integer(Int64(limit))])
            }
        return try rows.map { row in
            QueuedTicket(
                ticketID: try row.int("id"), teamID: try row.int("team_id"),
                queuedAtMilliseconds: try row.int("queued_at_ms"), reason: try row.text("queue_reason"))
        }
    }

    static func queueLength(teamID: Int64, in reader: Reader) throws -> Int32 {
        let row =
            if teamID == 0 {
                try reader.row("SELECT count(*) AS length FROM tickets WHERE queued_at_ms <> 0")
            } else {
                try reader.row(
                    "SELECT count(*) AS length FROM tickets WHERE team_id = ? AND queued_at_ms <> 0", [.integer(teamID)]
                )
            }
        return try Int32(row?.int("length") ?? 0)
    }

    /// From 1; 0 when it does not wait.
    static func queuePosition(of id: Int64, in reader: Reader) throws -> Int32 {
        let row = try reader.row(
            """
            SELECT (SELECT count(*) FROM tickets AS earlier WHERE earlier.queued_at_ms <> 0
                AND (earlier.queued_at_ms, earlier.id) <= (tickets.queued_at_ms, tickets.id)) AS position
            FROM tickets WHERE id = ? AND queued_at_ms <> 0
            """, [.integer(id)])
        return try Int32(row?.int("position") ?? 0)
    }

    private static func ticket(_ row: Row) throws -> RoutedTicket {
        RoutedTicket(
            id: try row.int("id"), status: TicketStatus(rawValue: Int32(try row.int("status"))) ?? .unspecified,
            teamID: try row.int("team_id"), assigneeID: try row.int("assignee_id"), tier: Int32(try row.int("tier")),
            epoch: try row.int("epoch"), proposedID: try row.int("proposed_id"),
            proposalOffset: try row.int("proposal_offset"))
    }
}
