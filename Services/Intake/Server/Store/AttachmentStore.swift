import Model
import Store

/// An attachment with what only Intake knows of it.
struct StoredAttachment: Sendable, Hashable {
    /// Without its token.
    var attachment: Attachment
    /// The uploader's identity; empty for what came inside a mail.
    var owner: String
    var blobHash: String
    /// Where its message stands; nil while unbound.
    var ticketID: Int64?
    var isInternal: Bool
}

extension Reader {
    func attachments(messageID: Int64) throws -> [Attachment] {
        try rows("SELECT * FROM attachments WHERE message_id = ? ORDER BY id", [.integer(messageID)]).map(attachment)
    }

    func attachment(_ id: Int64) throws -> StoredAttachment? {
        let found = try row(
            """
            SELECT a.*, m.ticket_id AS ticket_id, m.visibility AS visibility
            FROM attachments a LEFT JOIN messages m ON m.id = a.message_id WHERE a.id = ?
            """, [.integer(id)])
        return try found.map { row in
            StoredAttachment(
                attachment: try attachment(row), owner: try row.text("owner"), blobHash: try row.text("blob_hash"),
                ticketID: try row.intOrNil("ticket_id"),
                isInternal: try row.intOrNil("visibility") == Int64(Visibility.internal.rawValue))
        }
    }

    /// The unbound attachment that an upload became.
    func unboundAttachment(token: String, owner: String) throws -> Attachment? {
        let found = try row(
            "SELECT * FROM attachments WHERE token = ? AND token <> '' AND owner = ? AND message_id IS NULL",
            [.text(token), .text(owner)])
        return try found.map { row in
            var known = try attachment(row)
            known.token = token
            return known
        }
    }

    private func attachment(_ row: Row) throws -> Attachment {
        Attachment(
            id: try row.int("id"), filename: try row.text("filename"), contentType: try row.text("content_type"),
            sizeBytes: try row.int("size_bytes"), isInline: try row.bool("is_inline"),
            contentID: try row.text("content_id"),
            messageID: try row.intOrNil("message_id") ?? 0)
    }
}

extension Transaction {
    /// Stores an unbound attachment of an uploader.
    func insertAttachment(_ file: NewFile, owner: String, token: String) throws -> Attachment {
        let id = try insertFile(file, messageID: 0, owner: owner, token: token)
        return Attachment(
            id: id, filename: file.filename, contentType: file.contentType, sizeBytes: file.blob.sizeBytes,
            isInline: file.isInline, contentID: file.contentID, token: token)
    }

    func insertFiles(_ files: [NewFile], messageID: Int64) throws {
        for file in files { _ = try insertFile(file, messageID: messageID, owner: "", token: "") }
    }

    /// The ids must be of unbound attachments.
    func bindAttachments(_ ids: [Int64], messageID: Int64) throws {
        for id in ids {
            let bound = try change(
                "UPDATE attachments SET message_id = ?, token = '' WHERE id = ? AND message_id IS NULL",
                [.integer(messageID), .integer(id)])
            precondition(bound == 1, "attachment \(id) was checked to be unbound in this transaction")
        }
    }

    private func insertFile(_ file: NewFile, messageID: Int64, owner: String, token: String) throws -> Int64 {
        let id = try nextID("attachment")
        try keep(file.blob)
        try execute(
            """
            INSERT INTO attachments
                (id, message_id, owner, token, filename, content_type, size_bytes, is_inline, content_id, blob_hash, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), reference(messageID), .text(owner), .text(token), .text(file.filename),
                .text(file.contentType), .integer(file.blob.sizeBytes), .integer(file.isInline ? 1 : 0),
                .text(file.contentID), .text(file.blob.hash), .integer(nowMilliseconds),
            ])
        return id
    }
}
