import Store

/// Which blobs a service's store names, and how long each is.
struct BlobNames: Sendable {
    struct Name: Sendable, Hashable {
        var hash: String
        var size: Int64
        /// Who names it: "attachment 3".
        var owner: String
    }

    /// By service. Each statement takes the bounds of the hashes, once for each table.
    private static let statements = [
        "intake": """
        SELECT blob_hash AS hash, size_bytes AS size, 'attachment' AS owner, id FROM attachments
            WHERE blob_hash >= ? AND blob_hash < ?
        UNION ALL
        SELECT source_hash, source_bytes, 'message', id FROM messages WHERE source_hash >= ? AND source_hash < ?
        UNION ALL
        SELECT blob_hash, size_bytes, 'upload', 0 FROM uploads WHERE blob_hash >= ? AND blob_hash < ?
        """
    ]

    /// Two hexadecimal digits, under which blobs lie.
    static let folders = (0..<256).map { (number: Int) in
        String(number / 16, radix: 16) + String(number % 16, radix: 16)
    }

    let statement: String
    let store: any StoreInspector

    /// Nil for a service that keeps no blobs.
    init?(service: String, store: any StoreInspector) {
        guard let statement = Self.statements[service] else { return nil }
        self.statement = statement
        self.store = store
    }

    /// Every blob whose hash begins with `folder`.
    func names(under folder: String) throws -> [Name] {
        try names(from: folder, until: folder + "g")
    }

    /// Whether somebody names the hash now.
    func isNamed(_ hash: String) throws -> Bool {
        try !names(from: hash, until: hash + "0").isEmpty
    }

    private func names(from first: String, until end: String) throws -> [Name] {
        let bounds = Array(repeating: [Value.text(first), .text(end)], count: statement.count { $0 == "?" } / 2)
        return try store.rows(statement, bounds.flatMap { $0 }).map { row in
            let id = try row.int("id")
            return Name(
                hash: try row.text("hash"), size: try row.int("size"),
                owner: id == 0 ? try row.text("owner") : "\(try row.text("owner")) \(id)")
        }
    }
}
