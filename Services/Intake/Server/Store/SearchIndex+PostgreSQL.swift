import Store

/// `tsvector`: the words as we folded and stemmed them, in the row that tells whose they are.
enum PostgresSearchIndex: SearchIndex {
    static let syntax = SearchSyntax.tsquery

    static func insertHeader(
        id: Int64, ticketID: Int64, subject: String, people: String, in transaction: Transaction
    ) throws {
        var vector = SearchVector()
        vector.add(subject, weight: "A")
        vector.add(people, weight: "B")
        try transaction.execute(
            """
            INSERT INTO search_rows (id, ticket_id, internal, subject, people, vector) VALUES (?, ?, 0, ?, ?, ?::tsvector)
            """, [.integer(id), .integer(ticketID), .text(subject), .text(people), .text(vector.text)])
    }

    static func insertMessage(
        id: Int64, ticketID: Int64, isInternal: Bool, text: String, in transaction: Transaction
    ) throws {
        var vector = SearchVector()
        vector.add(text, weight: "D")
        try transaction.execute(
            "INSERT INTO search_rows (id, ticket_id, internal, vector) VALUES (?, ?, ?, ?::tsvector)",
            [.integer(id), .integer(ticketID), .integer(isInternal ? 1 : 0), .text(vector.text)])
    }

    static func deleteHeader(id: Int64, subject: String, people: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM search_rows WHERE id = ?", [.integer(id)])
    }

    static func indexRequester(_ id: Int64, text: String, isNew: Bool, in transaction: Transaction) throws {
        var vector = SearchVector()
        vector.add(text, weight: "D")
        try transaction.execute(
            """
            INSERT INTO requester_search (id, vector) VALUES (?, ?::tsvector)
            ON CONFLICT (id) DO UPDATE SET vector = excluded.vector
            """, [.integer(id), .text(vector.text)])
    }

    /// The weights stand for D, C, B, A: text, none, people, subject. 1 divides by the logarithm of the length.
    static func found(publicOnly: Bool) -> String {
        """
        WITH found AS (
            SELECT ticket_id, min(-ts_rank('{0.25, 0, 0.5, 1}', vector, asked.expression, 1)) AS rank
            FROM search_rows CROSS JOIN (SELECT ?::tsquery AS expression) AS asked
            WHERE vector @@ asked.expression\(publicOnly ? " AND internal = 0" : "")
            GROUP BY ticket_id
        )
        """
    }

    static func matchingTickets(publicOnly: Bool) -> String {
        "SELECT ticket_id FROM search_rows WHERE vector @@ ?::tsquery\(publicOnly ? " AND internal = 0" : "")"
    }

    static let matchingRequesters = "SELECT id FROM requester_search WHERE vector @@ ?::tsquery"

    static let lastRequester = "SELECT coalesce(max(id), 0) AS n FROM requester_search"
}
