import Model
import Store

extension Reader {
    func ticket(_ id: Int64) throws -> TicketRow? { try tickets([id])[id] }

    /// Those of the tickets that are known, by id.
    func tickets(_ ids: [Int64]) throws -> [Int64: TicketRow] {
        var tickets: [Int64: TicketRow] = [:]
        for group in SQL.groups(ids) {
            for row in try rows(SQL.tickets(group.count), group) {
                let ticket = try TicketRow(row)
                tickets[ticket.id] = ticket
            }
        }
        return tickets
    }

    /// Open tickets whose timers were set by older rules.
    func staleTickets(before generation: Int64, limit: Int) throws -> [Int64] {
        try rows(SQL.staleTickets, [.integer(generation), Value(limit)]).map { try $0.int("id") }
    }
}

extension SQL {
    static func tickets(_ count: Int) -> String {
        """
        SELECT id, status, priority, type, channel, team_id, assignee_id, requester_id, organization_id, tier, tags, language,
            answered, generation
        FROM ticket WHERE id IN (\(places(count)))
        """
    }

    static let staleTickets =
        "SELECT id FROM ticket WHERE is_open = 1 AND generation < ? ORDER BY generation, id LIMIT ?"
}

extension Transaction {
    func save(_ ticket: TicketRow) throws {
        let facts = ticket.facts
        try execute(
            """
            INSERT INTO ticket (id, status, priority, type, channel, team_id, assignee_id, requester_id, organization_id, tier, tags,
                language, answered, is_open, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET status = excluded.status, priority = excluded.priority, type = excluded.type,
                channel = excluded.channel, team_id = excluded.team_id, assignee_id = excluded.assignee_id,
                requester_id = excluded.requester_id, organization_id = excluded.organization_id, tier = excluded.tier,
                tags = excluded.tags, language = excluded.language, answered = excluded.answered, is_open = excluded.is_open,
                generation = excluded.generation
            """,
            [
                .integer(ticket.id), Value(facts.status.rawValue), Value(facts.priority.rawValue),
                Value(facts.type.rawValue), Value(facts.channel.rawValue), .integer(facts.teamID),
                .integer(facts.assigneeID), .integer(facts.requesterID), .integer(facts.organizationID),
                Value(facts.tier), .text(facts.tags.joined(separator: ",")), .text(facts.language),
                Value(ticket.answered), Value(ticket.isOpen), .integer(ticket.generation),
            ])
    }
}

extension TicketRow {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.int("id"),
            facts: TicketFacts(
                status: try row.value("status"), priority: try row.value("priority"), type: try row.value("type"),
                channel: try row.value("channel"), teamID: try row.int("team_id"),
                assigneeID: try row.int("assignee_id"),
                requesterID: try row.int("requester_id"), organizationID: try row.int("organization_id"),
                tier: Int32(clamping: try row.int("tier")),
                tags: try row.text("tags").split(separator: ",").map(String.init), language: try row.text("language")),
            answered: try row.bool("answered"), generation: try row.int("generation"))
    }
}

extension Row {
    /// An enumerated value, stored as its number.
    func value<T: RawRepresentable>(_ column: String) throws -> T where T.RawValue == Int32 {
        guard let value = T(rawValue: Int32(clamping: try int(column))) else {
            throw StoreError.wrongType(column: column, wanted: "a value of \(T.self)")
        }
        return value
    }
}
