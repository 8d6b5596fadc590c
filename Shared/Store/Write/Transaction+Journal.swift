extension Transaction {
    /// Appends an entry and returns its offset, one more than the entry's before.
    @discardableResult
    public func append(_ record: JournalRecord) throws -> Int64 {
        let offset = ledger.head + 1
        try execute(
            """
            INSERT INTO journal_entry (entry_offset, term, at_ms, kind, actor, cause_service, cause_term, cause_offset, hops,
                ticket_id, version, trace_parent, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(offset), .integer(ledger.term), .integer(nowMilliseconds), .text(record.kind),
                .blob(record.actor), Value(record.cause?.service), Value(record.cause?.term),
                Value(record.cause?.offset), .integer(Int64(record.hops)), .integer(record.ticketID),
                .integer(record.version), .text(record.traceParent), .blob(record.body),
            ])
        ledger.head = offset
        ledger.headMilliseconds = nowMilliseconds
        return offset
    }

    /// Notes that the journal of `source` is applied up to `offset`. Throws ``StoreError/cursorBehind(source:)`` when it was before:
    /// then the same entries are being applied twice, and this transaction must not count.
    public func advanceCursor(of source: String, term: Int64, offset: Int64) throws {
        if let cursor = try cursor(of: source) {
            guard term > cursor.term || (term == cursor.term && offset > cursor.offset) else {
                throw StoreError.cursorBehind(source: source)
            }
        }
        try execute(
            """
            INSERT INTO journal_cursor (source, term, entry_offset) VALUES (?, ?, ?)
            ON CONFLICT (source) DO UPDATE SET term = excluded.term, entry_offset = excluded.entry_offset
            """, [.text(source), .integer(term), .integer(offset)])
    }

    /// Begins a new life of the store, as after a restore, and returns its term, greater than any before.
    func beginTerm() -> Int64 {
        ledger.term = max(ledger.term + 1, nowMilliseconds)
        return ledger.term
    }
}
