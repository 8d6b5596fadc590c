import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    /// So far a search is paged; nobody reads on.
    private static let deepestOffset: Int64 = 10_000
    /// How many messages of a hit are looked through for a snippet.
    private static let snippetMessages = 20

    func search(_ request: SearchRequest, _ context: CallContext) async throws -> SearchResponse {
        // The place of a hit in the ranking stands for an id here.
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "search")
        let (limit, offset) = (page.limit, page.afterID)
        var violations = Violations()
        violations.expect(!request.query.isBlank, "query", "must not be empty")
        violations.expect(
            request.query.count <= RequestLimits.searchCharacters, "query",
            "must have at most \(RequestLimits.searchCharacters) characters")
        try violations.check()
        guard (0...Self.deepestOffset).contains(offset) else {
            throw InvalidRequest("cursor", "is beyond what a search lists")
        }
        let query = SearchQuery(request.query, me: context.caller.userID)
        guard !query.terms.isEmpty || !query.filters.isEmpty else { return SearchResponse() }
        let requesterID = context.limitingRequesterID
        let publicOnly = !context.caller.seesInternalMessages
        return try await store.read { reader in
            let matches = try reader.search(query, requesterID: requesterID, offset: Int(offset), limit: limit + 1)
            let snippets = SearchSnippet(query.terms, stemmer: Stemmer())
            let hits = try matches.prefix(limit).map { match in
                guard let stored = try reader.ticket(match.ticketID) else { return SearchHit() }
                let texts = try reader.searchableTexts(
                    ticketID: match.ticketID, publicOnly: publicOnly, limit: Self.snippetMessages)
                let snippet =
                    texts.lazy.compactMap(snippets.snippet).first ?? snippets.snippet(of: stored.ticket.subject)
                    ?? texts.first.map(snippets.opening) ?? ""
                return SearchHit(ticket: stored.seen(by: context.caller), snippet: snippet, rank: match.rank)
            }
            let count = ListLimit.fitting(hits) { ($0.ticket?.sizeBytes ?? 0) + $0.snippet.utf8.count }
            let next = offset + Int64(count)
            let hasMore = matches.count > count && next <= Self.deepestOffset
            return SearchResponse(
                hits: hits.prefix(count).filter { $0.ticket != nil },
                nextCursor: hasMore ? ListCursor([.integer(next)]).encoded(for: "search") : "")
        }
    }
}
