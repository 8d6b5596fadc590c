import Model
import Store

extension Reader {
    func ticket(_ id: Int64) throws -> StoredTicket? {
        try row(Self.selectTicket + " WHERE t.id = ?", [.integer(id)]).map(storedTicket)
    }

    /// - Parameter replyToken: 32 hexadecimal digits.
    func ticket(replyToken: String) throws -> StoredTicket? {
        try row(Self.selectTicket + " WHERE t.reply_token = ?", [.text(replyToken)]).map(storedTicket)
    }

    /// In the order of `ids`; those that are not there are left out.
    func tickets(_ ids: [Int64]) throws -> [StoredTicket] {
        try ids.compactMap(ticket)
    }

    static let selectTicket = """
        SELECT t.*, r.email AS requester_email, r.name AS requester_name, r.organization_id AS requester_organization_id,
            r.external_id AS requester_external_id, r.language AS requester_language,
            r.calendar_id AS requester_calendar_id, r.created_at AS requester_created_at,
            r.updated_at AS requester_updated_at
        FROM tickets t JOIN requesters r ON r.id = t.requester_id
        """

    private func storedTicket(_ row: Row) throws -> StoredTicket {
        let id = try row.int("id")
        let fields = try rows("SELECT name, value FROM ticket_fields WHERE ticket_id = ? ORDER BY name", [.integer(id)])
        let requester = Requester(
            id: try row.int("requester_id"), email: try row.text("requester_email"),
            name: try row.text("requester_name"),
            organizationID: try row.intOrNil("requester_organization_id") ?? 0,
            externalID: try row.textOrNil("requester_external_id") ?? "", language: try row.text("requester_language"),
            calendarID: try row.int("requester_calendar_id"),
            createdAtMilliseconds: try row.int("requester_created_at"),
            updatedAtMilliseconds: try row.int("requester_updated_at"))
        let ticket = Ticket(
            id: id, subject: try row.text("subject"), status: try known("status", row, TicketStatus.init(rawValue:)),
            priority: try known("priority", row, Priority.init(rawValue:)),
            type: try known("type", row, TicketType.init(rawValue:)),
            channel: try known("channel", row, TicketChannel.init(rawValue:)), requester: requester,
            organizationID: try row.intOrNil("organization_id") ?? 0, teamID: try row.int("team_id"),
            assigneeID: try row.int("assignee_id"), tier: Int32(try row.int("tier")),
            tags: try row.text("tags").split(separator: ",").map(String.init),
            customFields: try fields.map { CustomField(name: try $0.text("name"), value: try $0.text("value")) },
            version: try row.int("version"), createdAtMilliseconds: try row.int("created_at"),
            updatedAtMilliseconds: try row.int("updated_at"), solvedAtMilliseconds: try row.intOrNil("solved_at") ?? 0,
            messageCount: Int32(try row.int("message_count")), quarantined: try row.bool("quarantined"),
            language: try row.text("language"), assignmentEpoch: try row.int("assignment_epoch"),
            mailboxID: try row.int("mailbox_id"), mergedIntoID: try row.intOrNil("merged_into_id") ?? 0,
            satisfaction: try known("satisfaction", row, Satisfaction.init(rawValue:)))
        return StoredTicket(
            ticket: ticket, publicMessageCount: Int32(try row.int("public_message_count")),
            replyToken: try row.text("reply_token"), isAutomatic: try row.bool("automatic"),
            followsTicketID: try row.intOrNil("follows_ticket_id") ?? 0)
    }
}

/// The value of a column that holds an enum's number. A number that the enum lacks can only be a broken store.
func known<Enumeration>(_ column: String, _ row: Row, _ make: (Int32) -> Enumeration?) throws -> Enumeration {
    let number = try row.int(column)
    guard let value = Int32(exactly: number).flatMap(make) else { preconditionFailure("\(column) holds \(number)") }
    return value
}

extension Transaction {
    func insertTicket(_ stored: StoredTicket) throws {
        let ticket = stored.ticket
        try execute(
            """
            INSERT INTO tickets
                (id, subject, status, priority, type, channel, requester_id, organization_id, team_id, assignee_id, tier, tags,
                language, mailbox_id, reply_token, follows_ticket_id, automatic, quarantined, version, assignment_epoch,
                message_count, public_message_count, created_at, updated_at, solved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(ticket.id), .text(ticket.subject), number(ticket.status), number(ticket.priority),
                number(ticket.type), number(ticket.channel), .integer(stored.requesterID),
                reference(ticket.organizationID),
                .integer(ticket.teamID), .integer(ticket.assigneeID), .integer(Int64(ticket.tier)),
                .text(ticket.tags.joined(separator: ",")), .text(ticket.language), .integer(ticket.mailboxID),
                .text(stored.replyToken), reference(stored.followsTicketID), .integer(stored.isAutomatic ? 1 : 0),
                .integer(ticket.quarantined ? 1 : 0), .integer(ticket.version), .integer(ticket.assignmentEpoch),
                .integer(Int64(ticket.messageCount)), .integer(Int64(stored.publicMessageCount)),
                .integer(ticket.createdAtMilliseconds), .integer(ticket.updatedAtMilliseconds),
                reference(ticket.solvedAtMilliseconds),
            ])
        try insertTags(ticket)
        try insertFields(ticket)
    }

    /// Writes what can change of a ticket.
    func updateTicket(_ stored: StoredTicket, from old: StoredTicket) throws {
        let ticket = stored.ticket
        try execute(
            """
            UPDATE tickets SET subject = ?, status = ?, priority = ?, type = ?, team_id = ?, assignee_id = ?, tier = ?, tags = ?,
                version = ?, assignment_epoch = ?, message_count = ?, public_message_count = ?, updated_at = ?, solved_at = ?
            WHERE id = ?
            """,
            [
                .text(ticket.subject), number(ticket.status), number(ticket.priority), number(ticket.type),
                .integer(ticket.teamID), .integer(ticket.assigneeID), .integer(Int64(ticket.tier)),
                .text(ticket.tags.joined(separator: ",")), .integer(ticket.version), .integer(ticket.assignmentEpoch),
                .integer(Int64(ticket.messageCount)), .integer(Int64(stored.publicMessageCount)),
                .integer(ticket.updatedAtMilliseconds), reference(ticket.solvedAtMilliseconds), .integer(ticket.id),
            ])
        if ticket.tags != old.ticket.tags {
            for tag in old.ticket.tags {
                try execute(
                    "DELETE FROM ticket_tags WHERE tag = ? AND ticket_id = ?", [.text(tag), .integer(ticket.id)])
            }
            try insertTags(ticket)
        }
        if ticket.customFields != old.ticket.customFields {
            try execute("DELETE FROM ticket_fields WHERE ticket_id = ?", [.integer(ticket.id)])
            try insertFields(ticket)
        }
    }

    /// What its requester answered to the survey.
    func setSatisfaction(_ satisfaction: Satisfaction, ticketID: Int64) throws {
        try execute(
            "UPDATE tickets SET satisfaction = ? WHERE id = ?", [number(satisfaction), .integer(ticketID)])
    }

    private func insertTags(_ ticket: Ticket) throws {
        for tag in ticket.tags {
            try execute(
                "INSERT INTO ticket_tags (tag, ticket_id) VALUES (?, ?)", [.text(tag), .integer(ticket.id)])
        }
    }

    private func insertFields(_ ticket: Ticket) throws {
        for field in ticket.customFields {
            try execute(
                "INSERT INTO ticket_fields (ticket_id, name, value) VALUES (?, ?, ?)",
                [.integer(ticket.id), .text(field.name), .text(field.value)])
        }
    }

    /// An enum by its number.
    func number(_ value: some RawRepresentable<Int32>) -> Value { .integer(Int64(value.rawValue)) }
}
