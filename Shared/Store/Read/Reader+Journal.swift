extension Reader {
    /// Up to `limit` entries with an offset greater than `after`, in order.
    public func entries(after: Int64, limit: Int) throws -> [JournalRow] {
        try rows(
            """
            SELECT entry_offset, term, at_ms, kind, actor, cause_service, cause_term, cause_offset, hops, ticket_id, version,
                trace_parent, body
            FROM journal_entry WHERE entry_offset > ? ORDER BY entry_offset LIMIT ?
            """, [.integer(after), .integer(Int64(limit))]
        ).map(JournalRow.init)
    }

    /// How far this store has applied the journal of `source`; nil if not at all.
    public func cursor(of source: String) throws -> Cursor? {
        try row("SELECT term, entry_offset FROM journal_cursor WHERE source = ?", [.text(source)]).map {
            Cursor(source: source, term: try $0.int("term"), offset: try $0.int("entry_offset"))
        }
    }

    /// Every source that this store follows, by name.
    public func cursors() throws -> [Cursor] {
        try rows("SELECT source, term, entry_offset FROM journal_cursor ORDER BY source").map {
            Cursor(source: try $0.text("source"), term: try $0.int("term"), offset: try $0.int("entry_offset"))
        }
    }
}

extension JournalRow {
    init(_ row: Row) throws {
        var cause: JournalCause?
        if let service = try row.textOrNil("cause_service") {
            cause = JournalCause(
                service: service, term: try row.int("cause_term"), offset: try row.int("cause_offset"))
        }
        self.init(
            offset: try row.int("entry_offset"), term: try row.int("term"), atMilliseconds: try row.int("at_ms"),
            record: JournalRecord(
                kind: try row.text("kind"), actor: try row.blob("actor"), ticketID: try row.int("ticket_id"),
                version: try row.int("version"), cause: cause, hops: Int32(clamping: try row.int("hops")),
                traceParent: try row.text("trace_parent"), body: try row.blob("body")))
    }
}
