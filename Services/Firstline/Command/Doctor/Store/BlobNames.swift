import Store

/// Which blobs a service's store names, and how long each is.
struct BlobNames: Sendable {
    struct Name: Sendable, Hashable {
        var hash: String
        var size: Int64
        /// Who names it: "attachment 3".
        var owner: String
    }

    /// By service, a statement for each table. Each takes the bounds of the hashes.
    private static let statements = [
        "intake": [
            "attachments": """
            SELECT blob_hash AS hash, size_bytes AS size, 'attachment' AS owner, id FROM attachments
            WHERE blob_hash >= ? AND blob_hash < ?
            """,
            "messages": """
            SELECT source_hash AS hash, source_bytes AS size, 'message' AS owner, id FROM messages
            WHERE source_hash >= ? AND source_hash < ?
            """,
            "suspended_mails": """
            SELECT source_hash AS hash, source_bytes AS size, 'suspended mail' AS owner, id FROM suspended_mails
            WHERE source_hash >= ? AND source_hash < ?
            """,
            "uploads": """
            SELECT blob_hash AS hash, size_bytes AS size, 'upload' AS owner, 0 AS id FROM uploads
            WHERE blob_hash >= ? AND blob_hash < ?
            """,
        ]
    ]

    /// Two hexadecimal digits, under which blobs lie.
    static let folders = (0..<256).map { (number: Int) in
        String(number / 16, radix: 16) + String(number % 16, radix: 16)
    }

    let statement: String
    let store: any StoreInspector

    /// Nil for a service that keeps no blobs. A store that waits for its migrations lacks some of the tables.
    init?(service: String, store: any StoreInspector) throws {
        guard let statements = Self.statements[service] else { return nil }
        let known = try statements.filter { try store.has(table: $0.key) }
        guard !known.isEmpty else { return nil }
        statement = known.values.joined(separator: "\nUNION ALL\n")
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
