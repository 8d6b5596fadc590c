import Model
import Store

/// Enters every ticket, message and requester into the search index of a store that was moved, as the writes did that made them.
enum SearchRebuild {
    static let tables = RebuiltTables(names: ["search_rows"]) { store, progress in
        try await requesters(store, progress)
        try await tickets(store, progress)
    }

    /// How many of either one transaction enters.
    private static let page: Int64 = 100
    private static let readLimit: Duration = .seconds(600)

    private static func requesters(_ store: Store, _ progress: @Sendable (Int64, Int64) -> Void) async throws {
        let total = try await count("SELECT count(*) AS n FROM requesters", store)
        // What is entered is the beginning, for it goes in the order of ids.
        var after = try await count(store.dialect.searchIndex.lastRequester, store)
        var done = try await store.read(within: readLimit) { [after] reader in
            try reader.row("SELECT count(*) AS n FROM requesters WHERE id <= ?", [.integer(after)])?.int("n") ?? 0
        }
        while true {
            progress(done, total)
            let entered = try await store.write("search.requesters") { [after] transaction in
                let page = try transaction.requesters(
                    organizationID: 0, externalID: "", after: after, limit: Int(page))
                for requester in page {
                    try transaction.dialect.searchIndex.indexRequester(
                        requester.id, text: requester.searchText, isNew: true, in: transaction)
                }
                return page.map(\.id)
            }
            guard let last = entered.last else { return }
            done += Int64(entered.count)
            after = last
        }
    }

    private static func tickets(_ store: Store, _ progress: @Sendable (Int64, Int64) -> Void) async throws {
        let total = try await count("SELECT count(*) AS n FROM tickets", store)
        var after = try await count("SELECT coalesce(max(ticket_id), 0) AS n FROM search_rows", store)
        var done = try await store.read(within: readLimit) { [after] reader in
            try reader.row("SELECT count(*) AS n FROM tickets WHERE id <= ?", [.integer(after)])?.int("n") ?? 0
        }
        while true {
            progress(done, total)
            let entered = try await store.write("search.tickets") { [after] transaction in
                let ids = try transaction.rows(
                    "SELECT id FROM tickets WHERE id > ? ORDER BY id LIMIT ?", [.integer(after), .integer(page)]
                ).map { try $0.int("id") }
                for id in ids { try transaction.indexAnew(ticketID: id) }
                return ids
            }
            guard let last = entered.last else { return }
            done += Int64(entered.count)
            after = last
        }
    }

    /// What `sql` tells as `n`.
    private static func count(_ sql: String, _ store: Store) async throws -> Int64 {
        try await store.read(within: readLimit) { try $0.row(sql)?.int("n") ?? 0 }
    }
}

extension Transaction {
    /// Enters a ticket and its messages, of which nothing is entered.
    fileprivate func indexAnew(ticketID: Int64) throws {
        guard let ticket = try ticket(ticketID)?.ticket else { return }
        let stemmer = Stemmer()
        try indexHeader(ticket, subject: stemmer.indexed(ticket.subject, limitBytes: SearchLimits.headerBytes))
        let messages = try rows(
            "SELECT visibility, text, new_text, source_hash FROM messages WHERE ticket_id = ? ORDER BY id",
            [.integer(ticketID)])
        for message in messages {
            let visibility = try known("visibility", message, Visibility.init(rawValue:))
            try indexMessage(
                ticketID: ticketID, isInternal: visibility != .public,
                text: stemmer.indexed(try searchable(message), limitBytes: SearchLimits.bodyBytes))
        }
    }

    /// Of a mail what is new in it, of what a person wrote all.
    private func searchable(_ message: Row) throws -> String {
        let text = try message.text("text")
        guard try message.textOrNil("source_hash") != nil, let new = try message.textOrNil("new_text") else {
            return text
        }
        return new.isBlank ? text : new
    }
}
