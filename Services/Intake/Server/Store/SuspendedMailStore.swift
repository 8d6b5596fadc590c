import Model
import Store

extension Reader {
    /// Oldest first, after an id.
    func suspendedMails(after: Int64, limit: Int) throws -> [SuspendedMail] {
        try rows(
            "SELECT * FROM suspended_mails WHERE id > ? ORDER BY id LIMIT ?",
            [.integer(after), .integer(Int64(limit))]
        ).map { row in
            SuspendedMail(
                id: try row.int("id"), blockedSenderID: try row.int("blocked_sender_id"),
                sender: try row.text("sender"), subject: try row.text("subject"), recipient: try row.text("recipient"),
                sizeBytes: try row.int("source_bytes"), receivedAtMilliseconds: try row.int("at"),
                expiresAtMilliseconds: try row.int("at") + SuspendedMailLimits.milliseconds)
        }
    }

    /// Where the raw mail is kept.
    func suspendedMailSource(_ id: Int64) throws -> String? {
        try row("SELECT source_hash FROM suspended_mails WHERE id = ?", [.integer(id)])?.text("source_hash")
    }
}

extension Transaction {
    /// Keeps a blocked sender's mail apart: once, however often it comes.
    func suspend(_ mail: IncomingMail, by blockedSenderID: Int64) throws -> MailOutcome {
        let known = try row(
            "SELECT id FROM suspended_mails WHERE source_key = ?", [.text(mail.sourceKey)])
        if let known { return MailOutcome(suspendedMailID: try known.int("id"), isRepeated: true) }
        let id = try nextID("suspended_mail")
        try keep(mail.source.blob)
        try execute(
            """
            INSERT INTO suspended_mails
                (id, source_key, blocked_sender_id, sender, subject, recipient, source_hash, source_bytes, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .text(mail.sourceKey), .integer(blockedSenderID), .text(mail.sender?.text ?? ""),
                .text(mail.subject), .text(mail.recipient?.text ?? ""), .text(mail.source.blob.hash),
                .integer(mail.source.blob.sizeBytes), .integer(nowMilliseconds),
            ])
        return MailOutcome(suspendedMailID: id)
    }

    /// Forgets what is older than is kept, and the oldest of more than are kept.
    func deleteSuspendedMails(before milliseconds: Int64) throws {
        try execute("DELETE FROM suspended_mails WHERE at < ?", [.integer(milliseconds)])
        try execute(
            """
            DELETE FROM suspended_mails
            WHERE id <= (SELECT coalesce(max(id), 0) FROM suspended_mails) - ?
            """, [.integer(SuspendedMailLimits.mostMails)])
    }
}
