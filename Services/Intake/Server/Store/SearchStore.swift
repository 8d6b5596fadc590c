import Model
import Store

extension Transaction {
    /// Enters a ticket's subject (folded and stemmed) and people. Called once per ticket; `reindexHeader` afterwards.
    func indexHeader(_ ticket: Ticket, subject: String) throws {
        try dialect.searchIndex.insertHeader(
            id: nextID("search"), ticketID: ticket.id, subject: subject, people: ticket.requester?.searchText ?? "",
            in: self)
    }

    /// Enters a message. `text` is folded and stemmed.
    func indexMessage(ticketID: Int64, isInternal: Bool, text: String) throws {
        guard !text.isEmpty else { return }
        try dialect.searchIndex.insertMessage(
            id: nextID("search"), ticketID: ticketID, isInternal: isInternal, text: text, in: self)
    }

    /// Enters a ticket's subject and people anew.
    func reindexHeader(_ ticket: Ticket, subject: String) throws {
        if let old = try row(
            "SELECT id, subject, people FROM search_rows WHERE ticket_id = ? AND subject IS NOT NULL",
            [.integer(ticket.id)])
        {
            try dialect.searchIndex.deleteHeader(
                id: old.int("id"), subject: old.text("subject"), people: old.text("people"), in: self)
        }
        try indexHeader(ticket, subject: subject)
    }
}

extension Reader {
    /// Tickets that fit the query, best first; without words, newest first.
    /// - Parameter requesterID: only what that requester may see; nil for everything.
    func search(_ query: SearchQuery, requesterID: Int64?, offset: Int, limit: Int) throws -> [SearchMatch] {
        let search = SearchStatement(query, in: dialect, requesterID: requesterID, offset: offset, limit: limit)
        return try rows(search.sql, search.values).map { row in
            SearchMatch(ticketID: try row.int("ticket_id"), rank: -(try row.double("rank")))
        }
    }

    /// The newest texts of a ticket that a snippet may be cut from.
    func searchableTexts(ticketID: Int64, publicOnly: Bool, limit: Int) throws -> [String] {
        try rows(
            """
            SELECT coalesce(new_text, text) AS searchable FROM messages
            WHERE ticket_id = ?1 AND (?2 = 0 OR visibility = 1) ORDER BY id LIMIT ?3
            """,
            [.integer(ticketID), .integer(publicOnly ? 1 : 0), .integer(Int64(limit))]
        ).map { try $0.text("searchable") }
    }
}

/// A ticket that a search found; a greater rank is better.
struct SearchMatch: Sendable, Hashable {
    var ticketID: Int64
    var rank: Double
}

/// How much of a text goes into the index.
enum SearchLimits {
    static let bodyBytes = 64 * 1024
    static let headerBytes = 4 * 1024
}
