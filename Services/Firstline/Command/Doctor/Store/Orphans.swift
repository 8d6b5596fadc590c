import Store

/// Rows that hang on a row which is not there, where the engine keeps no key that would tell: PostgreSQL's stores of Intake since its
/// migration 14.
enum Orphans {
    private struct Key {
        let table: String
        let column: String
        let parent: String

        /// One line when there is such a row, else none.
        var statement: String {
            """
            SELECT 'a row of \(table) names a row of \(parent) that is not there' AS line
            WHERE EXISTS (
                SELECT 1 FROM \(table) c WHERE c.\(column) IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM \(parent) p WHERE p.id = c.\(column)))
            """
        }
    }

    private static let keys = [
        "intake": [
            Key(table: "ticket_tags", column: "ticket_id", parent: "tickets"),
            Key(table: "ticket_fields", column: "ticket_id", parent: "tickets"),
            Key(table: "ticket_participants", column: "ticket_id", parent: "tickets"),
            Key(table: "messages", column: "ticket_id", parent: "tickets"),
            Key(table: "history", column: "ticket_id", parent: "tickets"),
            Key(table: "attachments", column: "message_id", parent: "messages"),
            Key(table: "mail_ids", column: "message_id", parent: "messages"),
            Key(table: "mail_ids", column: "ticket_id", parent: "tickets"),
            Key(table: "search_rows", column: "ticket_id", parent: "tickets"),
        ]
    ]

    /// A line for each kind of them. Reads whole tables.
    static func lines(in store: any StoreInspector, of service: String) throws -> [String] {
        try (keys[service] ?? []).filter { try store.has(table: $0.table) }.flatMap { key in
            try store.rows(key.statement, []).map { try $0.text("line") }
        }
    }
}
