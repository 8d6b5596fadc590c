import Store

/// Blobs in a store's database: rows that are named by their hashes, with their content in parts.
struct BlobsInRows: KeptBlobs {
    let inspector: any StoreInspector
    /// How a person finds the database: the schema in PostgreSQL, the file of SQLite.
    let database: String

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
                "\(parts.count) rows (\(ByteCount.text(parts.bytes))) of \(database) store_blob_part that belong to no blob"
            ]
    }

    func uploads(before milliseconds: Int64) throws -> Int { Int(try inspector.uploads(before: milliseconds)) }

    func place(_ hash: String) -> String { "\(database) store_blob \(hash)" }

    func cure(_ service: String, _ hash: String) -> String {
        "stop everything and restore all services from a backup (`firstline restore DIR --replace`), "
            + "or with PostgreSQL let its own point-in-time recovery bring the row back"
    }
}
