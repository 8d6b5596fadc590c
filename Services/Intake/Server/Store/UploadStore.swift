import Store

/// An upload as the store knows it.
struct StoredUpload: Sendable, Hashable {
    var owner: String
    /// What it became; nil while it goes on.
    var blob: Blob?
}

extension Reader {
    func upload(_ token: String) throws -> StoredUpload? {
        try row("SELECT owner, blob_hash, size_bytes FROM uploads WHERE token = ?", [.text(token)]).map { row in
            let size = try row.int("size_bytes")
            return StoredUpload(
                owner: try row.text("owner"),
                blob: try row.textOrNil("blob_hash").map { Blob(hash: $0, sizeBytes: size) })
        }
    }

    /// How many uploads an owner has not ended, and files that no message has taken.
    func unusedFiles(of owner: String) throws -> Int {
        let found = try row(
            """
            SELECT (SELECT count(*) FROM uploads WHERE owner = ?1 AND blob_hash IS NULL)
                + (SELECT count(*) FROM attachments WHERE owner = ?1 AND message_id IS NULL) AS unused
            """, [.text(owner)])
        return try Int(found?.int("unused") ?? 0)
    }

    /// Those of the hashes that a message, an attachment or a mail names.
    func namedBlobs(among hashes: [String]) throws -> Set<String> {
        try Set(
            hashes.filter { hash in
                try row(
                    """
                    SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM attachments WHERE blob_hash = ?1)
                        OR EXISTS (SELECT 1 FROM messages WHERE source_hash = ?1)
                        OR EXISTS (SELECT 1 FROM uploads WHERE blob_hash = ?1)
                        OR EXISTS (SELECT 1 FROM suspended_mails WHERE source_hash = ?1)
                    """, [.text(hash)]) != nil
            })
    }
}

extension Transaction {
    func insertUpload(token: String, owner: String) throws {
        try execute(
            "INSERT INTO uploads (token, owner, size_bytes, created_at) VALUES (?, ?, 0, ?)",
            [.text(token), .text(owner), .integer(nowMilliseconds)])
    }

    func endUpload(token: String, _ blob: Blob) throws {
        try execute(
            "UPDATE uploads SET blob_hash = ?, size_bytes = ? WHERE token = ?",
            [.text(blob.hash), .integer(blob.sizeBytes), .text(token)])
    }

    /// Forgets uploads that were begun before an instant, and attachments made before it that no message took.
    func deleteUnused(before milliseconds: Int64) throws {
        try execute("DELETE FROM uploads WHERE created_at < ?", [.integer(milliseconds)])
        try execute("DELETE FROM attachments WHERE message_id IS NULL AND created_at < ?", [.integer(milliseconds)])
    }
}
