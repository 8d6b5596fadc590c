import Model
import Store

extension Reader {
    /// Oldest first, after an id.
    func history(ticketID: Int64, after: Int64, limit: Int) throws -> [HistoryEvent] {
        try rows(
            "SELECT * FROM history WHERE ticket_id = ? AND id > ? ORDER BY id LIMIT ?",
            [.integer(ticketID), .integer(after), .integer(Int64(limit))]
        ).map { row in
            HistoryEvent(
                id: try row.int("id"), ticketID: try row.int("ticket_id"), atMilliseconds: try row.int("at"),
                kind: try row.text("kind"),
                actor: Actor(
                    kind: try known("actor_kind", row, ActorKind.init(rawValue:)), id: try row.int("actor_id"),
                    name: try row.text("actor_service")),
                facts: HistoryFacts.decoded(try row.text("facts")))
        }
    }
}

extension Transaction {
    func insertHistory(_ kind: HistoryKind, ticketID: Int64, actor: Actor, _ facts: [(name: String, value: String)])
        throws
    {
        let encoded = HistoryFacts.encoded(facts.map { CustomField(name: $0.name, value: $0.value) })
        try execute(
            """
            INSERT INTO history (id, ticket_id, at, kind, actor_kind, actor_id, actor_service, facts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(try nextID("history")), .integer(ticketID), .integer(nowMilliseconds), .text(kind.rawValue),
                number(actor.kind), .integer(actor.id), .text(actor.name), .text(encoded),
            ])
    }
}
