extension Reader {
    /// Up to `limit` entries of some kinds with an offset greater than `after` and not above `last`, in order.
    public func entries(after: Int64, through last: Int64, kinds: [String], limit: Int) throws -> [JournalRow] {
        guard !kinds.isEmpty else { return [] }
        let places = Array(repeating: "?", count: kinds.count).joined(separator: ", ")
        return try rows(
            """
            SELECT entry_offset, term, at_ms, kind, actor, cause_service, cause_term, cause_offset, hops, ticket_id, version,
                trace_parent, body
            FROM journal_entry WHERE entry_offset > ? AND entry_offset <= ? AND kind IN (\(places)) ORDER BY entry_offset LIMIT ?
            """, [.integer(after), .integer(last)] + kinds.map(Value.text) + [.integer(Int64(limit))]
        ).map(JournalRow.init)
    }
}
