import Store

/// FTS5: tables of the index alone, `search_rows` beside them tells whose a row is.
enum SQLiteSearchIndex: SearchIndex {
    static let syntax = SearchSyntax.fts5

    static func insertHeader(
        id: Int64, ticketID: Int64, subject: String, people: String, in transaction: Transaction
    ) throws {
        try transaction.execute(
            "INSERT INTO search_rows (id, ticket_id, internal, subject, people) VALUES (?, ?, 0, ?, ?)",
            [.integer(id), .integer(ticketID), .text(subject), .text(people)])
        try transaction.execute(
            "INSERT INTO search (rowid, subject, people, body) VALUES (?, ?, ?, '')",
            [.integer(id), .text(subject), .text(people)])
    }

    static func insertMessage(
        id: Int64, ticketID: Int64, isInternal: Bool, text: String, in transaction: Transaction
    ) throws {
        try transaction.execute(
            "INSERT INTO search_rows (id, ticket_id, internal) VALUES (?, ?, ?)",
            [.integer(id), .integer(ticketID), .integer(isInternal ? 1 : 0)])
        try transaction.execute(
            "INSERT INTO search (rowid, subject, people, body) VALUES (?, '', '', ?)", [.integer(id), .text(text)])
    }

    static func deleteHeader(id: Int64, subject: String, people: String, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO search (search, rowid, subject, people, body) VALUES ('delete', ?, ?, ?, '')",
            [.integer(id), .text(subject), .text(people)])
        try transaction.execute("DELETE FROM search_rows WHERE id = ?", [.integer(id)])
    }

    static func indexRequester(_ id: Int64, text: String, isNew: Bool, in transaction: Transaction) throws {
        try transaction.execute(
            isNew
                ? "INSERT INTO requester_search (text, rowid) VALUES (?, ?)"
                : "UPDATE requester_search SET text = ? WHERE rowid = ?", [.text(text), .integer(id)])
    }

    /// Materialized: bm25 works only where the index itself is read, not in what an aggregate is folded into.
    static func found(publicOnly: Bool) -> String {
        """
        WITH ranked AS MATERIALIZED (
            SELECT rowid AS id, bm25(search, 4.0, 2.0, 1.0) AS rank FROM search WHERE search MATCH ?
        ), found AS (
            SELECT s.ticket_id AS ticket_id, min(ranked.rank) AS rank
            FROM ranked JOIN search_rows s ON s.id = ranked.id \(publicOnly ? "WHERE s.internal = 0" : "")
            GROUP BY s.ticket_id
        )
        """
    }

    static func matchingTickets(publicOnly: Bool) -> String {
        """
        SELECT ticket_id FROM search_rows
        WHERE id IN (SELECT rowid FROM search WHERE search MATCH ?)\(publicOnly ? " AND internal = 0" : "")
        """
    }

    static let matchingRequesters = "SELECT rowid FROM requester_search WHERE requester_search MATCH ?"

    static let lastRequester = "SELECT rowid AS n FROM requester_search ORDER BY rowid DESC LIMIT 1"
}
