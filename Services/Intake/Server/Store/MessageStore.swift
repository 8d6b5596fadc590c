import Model
import Store

extension Reader {
    /// - Parameter publicOnly: internal notes are as if they were not there.
    func message(_ id: Int64, publicOnly: Bool) throws -> Message? {
        try row(
            Self.selectMessage + " WHERE m.id = ?1 AND (?2 = 0 OR m.visibility = 1)",
            [.integer(id), .integer(publicOnly ? 1 : 0)]
        ).map(message)
    }

    /// How many messages are read at once: each may have megabytes.
    private static let messagesPerStep = 25

    /// Oldest first, after an id: of the ticket, and of those merged into it. No more than `limit`, and none behind one that has no room in an
    /// answer.
    /// - Parameter requesterID: nil for those who see notes; else the requester, who sees public messages, and of merged tickets those that were
    ///   theirs.
    func messages(ticketID: Int64, for requesterID: Int64?, after: Int64, limit: Int) throws -> [Message] {
        var found: [Message] = []
        while found.count < limit, ListLimit.fitting(found, sizeBytes: \.sizeBytes) == found.count {
            let wanted = min(Self.messagesPerStep, limit - found.count)
            let step = try step(
                ticketID: ticketID, for: requesterID, after: found.last?.id ?? after, limit: wanted)
            found += step
            if step.count < wanted { break }
        }
        return found
    }

    private func step(ticketID: Int64, for requesterID: Int64?, after: Int64, limit: Int) throws -> [Message] {
        let isShown = try shown(on: ticketID)
        return try rows(
            Self.selectMessage + """
                 WHERE \(isShown) AND m.id > ?2 AND (?3 = 0 OR (m.visibility = 1
                    AND EXISTS (SELECT 1 FROM tickets t WHERE t.id = m.ticket_id AND t.requester_id = ?5)))
                ORDER BY m.id LIMIT ?4
                """,
            [
                .integer(ticketID), .integer(after), .integer(requesterID == nil ? 0 : 1), .integer(Int64(limit)),
                .integer(requesterID ?? 0),
            ]
        ).map(message)
    }

    /// Where the raw mail of a message is kept.
    func messageSource(_ id: Int64) throws -> (hash: String, sizeBytes: Int64)? {
        let found = try row(
            "SELECT source_hash, source_bytes FROM messages WHERE id = ? AND source_hash IS NOT NULL", [.integer(id)])
        return try found.map { (try $0.text("source_hash"), try $0.int("source_bytes")) }
    }

    static let selectMessage = """
        SELECT m.*, r.name AS author_name, r.email AS author_email
        FROM messages m LEFT JOIN requesters r ON m.author_kind = 2 AND r.id = m.author_id
        """

    private func message(_ row: Row) throws -> Message {
        let id = try row.int("id")
        let (text, html) = (try row.text("text"), try row.text("html"))
        // Text and HTML have room in an answer, their limits say; a long text once more has not.
        let room = max(0, ListLimit.greatestBytes - text.utf8.count - html.utf8.count)
        let newText = String((try row.textOrNil("new_text") ?? text).prefix(utf8Bytes: room))
        let name = try row.textOrNil("author_name") ?? ""
        return Message(
            id: id, ticketID: try row.int("ticket_id"),
            visibility: try known("visibility", row, Visibility.init(rawValue:)),
            channel: try known("channel", row, TicketChannel.init(rawValue:)),
            author: Actor(
                kind: try known("author_kind", row, ActorKind.init(rawValue:)), id: try row.int("author_id"),
                name: try row.text("author_service")),
            authorName: name.isEmpty ? try row.textOrNil("author_email") ?? "" : name, text: text,
            newText: newText, html: html,
            attachments: try attachments(messageID: id), createdAtMilliseconds: try row.int("created_at"),
            automatic: try row.bool("automatic"), hasSource: try row.textOrNil("source_hash") != nil,
            wrappers: try row.text("wrappers").split(separator: " ").map(String.init),
            hasRemoteImages: try row.bool("remote_images"))
    }
}

extension Message {
    /// What it takes of an answer, about.
    var sizeBytes: Int {
        text.utf8.count + newText.utf8.count + html.utf8.count
            + attachments.reduce(0) { bytes, file in
                bytes + file.filename.utf8.count + file.contentType.utf8.count + file.contentID.utf8.count
            }
    }
}

extension Transaction {
    /// Stores a message, its files and its Message-ID under a new id. Counts, history and journal are the caller's matter.
    func insertMessage(_ new: NewMessage, ticketID: Int64) throws -> Int64 {
        let id = try nextID("message")
        if let source = new.source { try keep(source.blob) }
        try execute(
            """
            INSERT INTO messages
                (id, ticket_id, visibility, channel, author_kind, author_id, author_service, text, new_text, html, automatic,
                mail_id, in_reply_to, source_hash, source_bytes, created_at, wrappers,
                remote_images)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .integer(ticketID), number(new.visibility), number(new.channel), number(new.author.kind),
                .integer(new.author.id), .text(new.author.name), .text(new.text),
                new.newText == new.text ? .null : .text(new.newText), .text(new.html),
                .integer(new.isAutomatic ? 1 : 0),
                .text(new.source?.mailID ?? ""), .text(new.source?.inReplyTo ?? ""),
                optional(new.source?.blob.hash ?? ""), .integer(new.source?.blob.sizeBytes ?? 0),
                .integer(nowMilliseconds),
                .text(new.wrappers.joined(separator: " ")), .integer(new.hasRemoteImages ? 1 : 0),
            ])
        try insertFiles(new.files, messageID: id)
        try bindAttachments(new.attachmentIDs, messageID: id)
        if let mailID = new.source?.mailID, !mailID.isEmpty {
            try execute(
                "INSERT INTO mail_ids (mail_id, message_id, ticket_id) VALUES (?, ?, ?)",
                [.text(mailID), .integer(id), .integer(ticketID)])
        }
        return id
    }
}
