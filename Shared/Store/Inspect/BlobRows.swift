/// A blob that is kept in rows of the store's database.
public struct BlobRow: Sendable, Hashable {
    public var hash: String
    /// What it says of its length, and what its parts come to.
    public var size: Int64
    public var partBytes: Int64
    /// When somebody last asked for it to be kept.
    public var keptAtMilliseconds: Int64
}

extension StoreInspector {
    /// The blobs whose hashes lie in [first, end), in order.
    public func blobs(from first: String, until end: String) throws -> [BlobRow] {
        try rows(
            """
            SELECT hash, size_bytes, kept_at_ms, (SELECT CAST(coalesce(sum(length(bytes)), 0) AS BIGINT)
                FROM store_blob_part AS part WHERE part.content_id = blob.content_id) AS part_bytes
            FROM store_blob AS blob WHERE hash >= ? AND hash < ? ORDER BY hash
            """, [.text(first), .text(end)]
        ).map { row in
            BlobRow(
                hash: try row.text("hash"), size: try row.int("size_bytes"), partBytes: try row.int("part_bytes"),
                keptAtMilliseconds: try row.int("kept_at_ms"))
        }
    }

    /// Whether what is kept under `hash` has it.
    public func blobHasContent(_ hash: String) throws -> Bool {
        var content = SHA256()
        var offset: Int64 = -1
        while let part = try rows(
            """
            SELECT part.entry_offset, part.bytes FROM store_blob_part AS part JOIN store_blob AS blob ON blob.content_id = part.content_id
            WHERE blob.hash = ? AND part.entry_offset > ? ORDER BY part.entry_offset LIMIT 1
            """, [.text(hash), .integer(offset)]
        ).first {
            offset = try part.int("entry_offset")
            content.update(try part.blob("bytes"))
        }
        return content.hex() == hash
    }

    /// Parts that belong to no blob and to no upload, and their bytes.
    public func unownedParts() throws -> (count: Int64, bytes: Int64) {
        let row = try rows(
            """
            SELECT count(*) AS parts, CAST(coalesce(sum(length(bytes)), 0) AS BIGINT) AS bytes FROM store_blob_part AS part
            WHERE NOT EXISTS (SELECT 1 FROM store_blob AS blob WHERE blob.content_id = part.content_id)
                AND NOT EXISTS (SELECT 1 FROM store_upload AS upload WHERE upload.content_id = part.content_id)
            """, []
        ).first
        return (try row?.int("parts") ?? 0, try row?.int("bytes") ?? 0)
    }

    /// Uploads that nobody has gone on with since `milliseconds`.
    public func uploads(before milliseconds: Int64) throws -> Int64 {
        try rows("SELECT count(*) AS count FROM store_upload WHERE kept_at_ms < ?", [.integer(milliseconds)]).first?
            .int("count") ?? 0
    }
}
