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

    /// The message of that author on a ticket which came with that Message-ID; nil for none, and for a mail without one.
    func messageID(mailID: String, ticketID: Int64, author: Actor) throws -> Int64? {
        guard !mailID.isEmpty else { return nil }
        return try row(
            """
            SELECT m.id FROM mail_ids i JOIN messages m ON m.id = i.message_id
            WHERE i.mail_id = ? AND i.ticket_id = ? AND m.author_kind = ? AND m.author_id = ?
            ORDER BY m.id LIMIT 1
            """,
            [
                .text(mailID), .integer(ticketID), .integer(Int64(author.kind.rawValue)), .integer(author.id),
            ])?.int("id")
    }

    /// The newest messages that may stand in References, oldest first, up to one (0 for all): of the ticket, and of those merged into it that were
    /// its requester's too.
    func threadMessages(of ticket: StoredTicket, upTo messageID: Int64, limit: Int) throws -> [ThreadMessage] {
        let isShown = try shown(on: ticket.id)
        return try rows(
            """
            SELECT m.id, m.mail_id, m.author_kind, m.automatic, m.ticket_id, t.reply_token
            FROM messages m JOIN tickets t ON t.id = m.ticket_id
            WHERE \(isShown) AND t.requester_id = ?4 AND m.visibility = 1 AND (?2 = 0 OR m.id <= ?2)
            ORDER BY m.id DESC LIMIT ?3
            """,
            [
                .integer(ticket.id), .integer(messageID), .integer(Int64(limit)), .integer(ticket.requesterID),
            ]
        ).reversed().map { row in
            ThreadMessage(
                id: try row.int("id"), ticketID: try row.int("ticket_id"), replyToken: try row.text("reply_token"),
                mailID: try row.text("mail_id"),
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
}
