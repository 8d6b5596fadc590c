import Model
import Store

/// A live event as it is kept.
struct StoredEvent: Sendable, Hashable {
    var id: Int64
    var kind: String
    /// JSON text.
    var data: String
}

/// Which events someone may see.
enum EventAudience: Sendable, Hashable {
    case staff
    case requester(Int64)
}

extension Reader {
    /// The newest event's id; 0 when there is none.
    func newestEventID() throws -> Int64 {
        try row("SELECT COALESCE(MAX(id), 0) AS id FROM events")?.int("id") ?? 0
    }

    /// The oldest event still kept; 0 when there is none.
    func oldestEventID() throws -> Int64 {
        try row("SELECT COALESCE(MIN(id), 0) AS id FROM events")?.int("id") ?? 0
    }

    /// Events after an id that the audience may see, oldest first.
    /// - Parameter ticketID: of this ticket alone; 0 for all.
    func events(after id: Int64, ticketID: Int64, _ audience: EventAudience, limit: Int) throws -> [StoredEvent] {
        var conditions = "id > ?"
        var values: [Value] = [.integer(id)]
        if ticketID != 0 {
            conditions += " AND ticket_id = ?"
            values.append(.integer(ticketID))
        }
        if case .requester(let requesterID) = audience {
            conditions += " AND requester_id = ? AND is_public = 1"
            values.append(.integer(requesterID))
        }
        return try rows(
            "SELECT id, kind, data FROM events WHERE \(conditions) ORDER BY id LIMIT ?", values + [Value(limit)]
        ).map { StoredEvent(id: try $0.int("id"), kind: try $0.text("kind"), data: try $0.text("data")) }
    }
}

extension Transaction {
    /// Appends an event and drops the oldest beyond what is kept.
    func append(_ event: LiveEvent) throws {
        let id = try nextID("event")
        if let requesterID = event.opensTicketOf {
            try execute(
                """
                INSERT INTO ticket_requesters (ticket_id, requester_id) VALUES (?, ?)
                ON CONFLICT (ticket_id) DO UPDATE SET requester_id = excluded.requester_id
                """,
                [.integer(event.ticketID), .integer(requesterID)])
        }
        let requesterID =
            try row("SELECT requester_id FROM ticket_requesters WHERE ticket_id = ?", [.integer(event.ticketID)])?
            .int("requester_id") ?? 0
        try execute(
            "INSERT INTO events (id, kind, ticket_id, requester_id, is_public, data) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(id), .text(event.kind), .integer(event.ticketID), .integer(requesterID),
                Value(event.isPublic), .text(JSONWriter.text(of: event.json(id: id))),
            ])
        if id % 1_000 == 0 { try execute("DELETE FROM events WHERE id <= ?", [.integer(id - LiveEvent.keptCount)]) }
    }
}
