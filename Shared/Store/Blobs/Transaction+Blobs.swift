/// Where the parts of a blob or of an upload stand, and how many bytes they are.
struct BlobContent: Sendable, Hashable {
    var content: Int64
    var size: Int64
}

extension Reader {
    /// Looks up what keeping `blob` will.
    public func lookAhead(for blob: Blob) throws {
        if blob.unwritten != nil { _ = try existingBlob(blob.hash) }
    }

    func blob(_ hash: String) throws -> BlobContent {
        guard let found = try existingBlob(hash) else { throw StoreError.noSuchBlob(hash) }
        return found
    }

    fileprivate func existingBlob(_ hash: String) throws -> BlobContent? {
        try row("SELECT content_id, size_bytes FROM store_blob WHERE hash = ?", [.text(hash)]).map {
            BlobContent(content: try $0.int("content_id"), size: try $0.int("size_bytes"))
        }
    }

    func upload(_ token: String) throws -> BlobContent {
        let found = try row("SELECT content_id, size_bytes FROM store_upload WHERE token = ?", [.text(token)])
        guard let found else { throw StoreError.noSuchBlob(token) }
        return BlobContent(content: try found.int("content_id"), size: try found.int("size_bytes"))
    }

    /// Up to `count` bytes from `offset`.
    func bytes(of content: Int64, from offset: Int64, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var offset = offset
        while bytes.count < count {
            let part = try row(
                """
                SELECT entry_offset, bytes FROM store_blob_part WHERE content_id = ? AND entry_offset <= ?
                ORDER BY entry_offset DESC LIMIT 1
                """, [.integer(content), .integer(offset)])
            guard let part else { break }
            let rest = try part.blob("bytes").dropFirst(Int(offset - (try part.int("entry_offset"))))
            if rest.isEmpty { break }
            bytes += rest.prefix(count - bytes.count)
            offset += Int64(rest.count)
        }
        return bytes
    }

    /// Hashes of blobs, in order, after one.
    func blobs(after: String, limit: Int) throws -> [String] {
        try rows(
            "SELECT hash FROM store_blob WHERE hash > ? ORDER BY hash LIMIT ?", [.text(after), .integer(Int64(limit))]
        ).map { try $0.text("hash") }
    }
}

extension Transaction {
    /// Keeps `blob`, durable once this transaction is. What is durable already is left as it is.
    public func keep(_ blob: Blob) throws {
        guard let bytes = blob.unwritten, try !keepExisting(blob.hash) else { return }
        let content = try nextID(RowBlobStore.counter)
        try addParts(bytes, to: content, at: 0)
        try insertBlob(blob.hash, content: content, size: blob.sizeBytes)
    }

    /// Whether the blob is there already; then it is young again.
    func keepExisting(_ hash: String) throws -> Bool {
        guard try existingBlob(hash) != nil else { return false }
        try execute(
            "UPDATE store_blob SET kept_at_ms = ? WHERE hash = ?", [.integer(nowMilliseconds), .text(hash)])
        return true
    }

    func insertBlob(_ hash: String, content: Int64, size: Int64) throws {
        try execute(
            "INSERT INTO store_blob (hash, content_id, size_bytes, kept_at_ms) VALUES (?, ?, ?, ?)",
            [.text(hash), .integer(content), .integer(size), .integer(nowMilliseconds)])
    }

    func addParts(_ bytes: [UInt8], to content: Int64, at offset: Int64) throws {
        for start in stride(from: 0, to: bytes.count, by: RowBlobStore.partBytes) {
            try execute(
                "INSERT INTO store_blob_part (content_id, entry_offset, bytes) VALUES (?, ?, ?)",
                [
                    .integer(content), .integer(offset + Int64(start)),
                    .blob(Array(bytes[start..<min(bytes.count, start + RowBlobStore.partBytes)])),
                ])
        }
    }

    func removeParts(of content: Int64) throws {
        try execute("DELETE FROM store_blob_part WHERE content_id = ?", [.integer(content)])
    }

    /// Removes a blob unless it was kept within the last day; returns how many were removed.
    func removeBlob(_ hash: String) throws -> Int {
        let old = try row(
            "SELECT content_id FROM store_blob WHERE hash = ? AND kept_at_ms < ?",
            [.text(hash), .integer(nowMilliseconds - BlobLimits.unnamedMilliseconds)])
        guard let old else { return 0 }
        try removeParts(of: try old.int("content_id"))
        try execute("DELETE FROM store_blob WHERE hash = ?", [.text(hash)])
        return 1
    }

    /// Removes uploads that nobody has gone on with for a day; returns how many.
    func removeUploads() throws -> Int {
        let oldest = Value.integer(nowMilliseconds - BlobLimits.unnamedMilliseconds)
        try execute(
            """
            DELETE FROM store_blob_part WHERE content_id IN (SELECT content_id FROM store_upload WHERE kept_at_ms < ?)
            """, [oldest])
        return try change("DELETE FROM store_upload WHERE kept_at_ms < ?", [oldest])
    }
}
