import Store

/// The rows that Intake writes for one new ticket of a known requester, with the questions it asks first, as its Store folder has them:
/// idempotency, requester, mailbox; ticket, tags, message, participant, search, history, journal, idempotency. `Peers/sqlite` does the same.
struct TicketRows: Sendable {
    /// Requesters that `prepare` enters.
    static let requesterCount: Int64 = 1000

    let index: Int64
    let subject: String
    let body: String
    let replyToken: String
    let tags: [String]
    let hash: [UInt8]

    init(_ index: Int64) {
        var words = Words(index)
        self.index = index
        subject = words.text(6)
        body = words.text(30)
        replyToken = words.token()
        tags = [words.text(1) + "1", words.text(1) + "2"]
        hash = Array(repeating: UInt8(truncatingIfNeeded: index), count: 32)
    }

    static func email(_ requester: Int64) -> String { "requester\(requester)@example.org" }
    private var email: String { Self.email(index % Self.requesterCount + 1) }

    /// What the journal and the idempotency table keep encoded; only the sizes matter here.
    private static let actor: [UInt8] = Array(repeating: 1, count: 14)
    private static let created: [UInt8] = Array(repeating: 2, count: 36)
    private static let added: [UInt8] = Array(repeating: 3, count: 20)
    private static let response: [UInt8] = Array(repeating: 4, count: 230)

    /// A mailbox and the requesters.
    static func prepare(_ transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO mailboxes (id, name, address, team_id, is_default) VALUES (?, 'Support', 'support@example.org', 0, 1)",
            [.integer(try transaction.nextID("mailbox"))])
        for number in 1...requesterCount {
            try transaction.execute(
                """
                INSERT INTO requesters (id, email, name, language, calendar_id, created_at, updated_at)
                VALUES (?, ?, ?, 'en', 0, 1, 1)
                """,
                [.integer(try transaction.nextID("requester")), .text(email(number)), .text("Requester \(number)")])
        }
    }

    func write(_ transaction: Transaction) throws -> Int64 {
        let key = "key-\(index)"
        let method = "firstline.v1.Intake/CreateTicket"
        _ = try transaction.remembered(caller: "service:operator", method: method, key: key, requestHash: hash)
        guard let requester = try transaction.row("SELECT * FROM requesters WHERE email = ?", [.text(email)]),
            let mailbox = try transaction.row("SELECT * FROM mailboxes WHERE is_default = 1")
        else { throw StoreError.noSuchBlob(email) }
        let ticketID = try transaction.nextID("ticket")
        let requesterID = try requester.int("id")
        try insertTicket(ticketID, requesterID, mailboxID: try mailbox.int("id"), transaction)
        let messageID = try insertMessage(ticketID, requesterID, transaction)
        try transaction.execute(
            "INSERT INTO ticket_participants (ticket_id, email) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [.integer(ticketID), .text(email)])
        try index(ticketID, people: try requester.text("name") + " " + email, transaction)
        try history("ticket.created", ticketID, "channel\tapi", transaction)
        try history("message.added", ticketID, "message_id\t\(messageID)\nvisibility\tpublic", transaction)
        try transaction.append(
            JournalRecord(kind: "TicketCreated", actor: Self.actor, ticketID: ticketID, version: 1, body: Self.created))
        try transaction.append(
            JournalRecord(kind: "MessageAdded", actor: Self.actor, ticketID: ticketID, version: 1, body: Self.added))
        try transaction.remember(
            caller: "service:operator", method: method, key: key, requestHash: hash, response: Self.response)
        return ticketID
    }

    private func insertTicket(
        _ id: Int64, _ requesterID: Int64, mailboxID: Int64, _ transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO tickets
                (id, subject, status, priority, type, channel, requester_id, organization_id, team_id, assignee_id, tier, tags,
                language, mailbox_id, reply_token, follows_ticket_id, automatic, quarantined, version, assignment_epoch,
                message_count, public_message_count, created_at, updated_at, solved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .text(subject), 1, 2, 1, 5, .integer(requesterID), .null, 0, 0, 1,
                .text(tags.joined(separator: ",")), "en", .integer(mailboxID), .text(replyToken), .null, 0, 0, 1, 1, 1,
                1,
                .integer(transaction.nowMilliseconds), .integer(transaction.nowMilliseconds), .null,
            ])
        for tag in tags {
            try transaction.execute(
                "INSERT INTO ticket_tags (tag, ticket_id) VALUES (?, ?)", [.text(tag), .integer(id)])
        }
    }

    private func insertMessage(_ ticketID: Int64, _ requesterID: Int64, _ transaction: Transaction) throws -> Int64 {
        let id = try transaction.nextID("message")
        try transaction.execute(
            """
            INSERT INTO messages
                (id, ticket_id, visibility, channel, author_kind, author_id, author_service, text, new_text, html, automatic,
                mail_id, in_reply_to, source_hash, source_bytes, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .integer(ticketID), 1, 5, 2, .integer(requesterID), "", .text(body), .null, "", 0, "", "",
                .null,
                0, .integer(transaction.nowMilliseconds),
            ])
        return id
    }

    private func index(_ ticketID: Int64, people: String, _ transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO search_rows (ticket_id, internal, subject, people) VALUES (?, 0, ?, ?)",
            [.integer(ticketID), .text(subject), .text(people)])
        try transaction.execute(
            "INSERT INTO search (rowid, subject, people, body) VALUES (last_insert_rowid(), ?, ?, '')",
            [.text(subject), .text(people)])
        try transaction.execute(
            "INSERT INTO search_rows (ticket_id, internal) VALUES (?, ?)", [.integer(ticketID), 0])
        try transaction.execute(
            "INSERT INTO search (rowid, subject, people, body) VALUES (last_insert_rowid(), '', '', ?)", [.text(body)])
    }

    private func history(_ kind: String, _ ticketID: Int64, _ facts: String, _ transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO history (id, ticket_id, at, kind, actor_kind, actor_id, actor_service, facts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(try transaction.nextID("history")), .integer(ticketID), .integer(transaction.nowMilliseconds),
                .text(kind), 4, 0, "operator", .text(facts),
            ])
    }
}
