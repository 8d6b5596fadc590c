import Model
import Store

extension Reader {
    /// What became of a mail with that source key.
    func mailOutcome(sourceKey: String) throws -> MailOutcome? {
        try row("SELECT * FROM mail_sources WHERE source_key = ?", [.text(sourceKey)]).map { row in
            MailOutcome(
                ticketID: try row.int("ticket_id"), messageID: try row.int("message_id"),
                isQuarantined: try row.bool("quarantined"), isRepeated: true)
        }
    }

    /// The ticket that holds the newest mail with that Message-ID; 0 for none.
    func ticketID(mailID: String) throws -> Int64 {
        try row(
            "SELECT ticket_id FROM mail_ids WHERE mail_id = ? ORDER BY message_id DESC LIMIT 1", [.text(mailID)])?
            .int("ticket_id") ?? 0
    }

    /// Whether that address has already taken part in the ticket.
    func isParticipant(_ email: String, ticketID: Int64) throws -> Bool {
        try row(
            "SELECT 1 AS found FROM ticket_participants WHERE ticket_id = ? AND email = ?",
            [.integer(ticketID), .text(email)]) != nil
    }

    /// The newest messages of a ticket that may stand in References, oldest first, up to one (0 for all).
    func threadMessages(ticketID: Int64, upTo messageID: Int64, limit: Int) throws -> [ThreadMessage] {
        try rows(
            """
            SELECT id, mail_id, author_kind, automatic FROM messages
            WHERE ticket_id = ?1 AND visibility = 1 AND (?2 = 0 OR id <= ?2)
            ORDER BY id DESC LIMIT ?3
            """,
            [.integer(ticketID), .integer(messageID), .integer(Int64(limit))]
        ).reversed().map { row in
            ThreadMessage(
                id: try row.int("id"), mailID: try row.text("mail_id"),
                authorKind: try known("author_kind", row, ActorKind.init(rawValue:)),
                isAutomatic: try row.bool("automatic"))
        }
    }
}

extension Transaction {
    func rememberMail(sourceKey: String, _ outcome: MailOutcome) throws {
        try execute(
            "INSERT INTO mail_sources (source_key, ticket_id, message_id, quarantined, at) VALUES (?, ?, ?, ?, ?)",
            [
                .text(sourceKey), .integer(outcome.ticketID), .integer(outcome.messageID),
                .integer(outcome.isQuarantined ? 1 : 0), .integer(nowMilliseconds),
            ])
    }

    /// - Parameter emails: lower case.
    func addParticipants(_ emails: [String], ticketID: Int64) throws {
        for email in emails {
            try execute(
                "INSERT INTO ticket_participants (ticket_id, email) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [.integer(ticketID), .text(email)])
        }
    }
}
