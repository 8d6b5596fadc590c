import Store

/// Blobs in a PostgreSQL store: rows that are named by their hashes, with their content in parts.
struct BlobsInDatabase: KeptBlobs {
    let inspector: PostgresInspector
    let schema: String

    func list(_ part: String) throws -> (blobs: [String: KeptBlob], strangers: [String]) {
        (try blobs(from: part, until: part + "g"), [])
    }

    func blob(_ hash: String) throws -> KeptBlob? {
        try blobs(from: hash, until: hash + "0")[hash]
    }

    /// A row whose parts do not come to the length that it tells has none that is right.
    private func blobs(from first: String, until end: String) throws -> [String: KeptBlob] {
        try inspector.blobs(from: first, until: end).reduce(into: [:]) { kept, row in
            kept[row.hash] = KeptBlob(
                size: row.partBytes == row.size ? row.size : -1, changedAtMilliseconds: row.keptAtMilliseconds)
        }
    }

    func hasContent(_ hash: String) throws -> Bool { try inspector.blobHasContent(hash) }

    func strangers() throws -> [String] {
        let parts = try inspector.unownedParts()
        return parts.count == 0
            ? []
            : [
                "\(parts.count) rows (\(ByteCount.text(parts.bytes))) of \(schema).store_blob_part that belong to no blob"
            ]
    }

    func uploads(before milliseconds: Int64) throws -> Int { Int(try inspector.uploads(before: milliseconds)) }

    func place(_ hash: String) -> String { "\(schema).store_blob \(hash)" }

    func cure(_ service: String, _ hash: String) -> String {
        "its content is in a backup under the same name (BACKUP/\(service)/blobs/\(hash.prefix(2))/…): stop everything and restore all services from it "
            + "(`firstline restore DIR --replace`), or let the database's own point-in-time recovery bring the row back"
    }
}
