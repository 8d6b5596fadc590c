extension Store {
    /// The counters as the last commit left them.
    func ledger() async throws -> Ledger {
        try await read { try Ledger.load($0.connection) }
    }

    /// Whether the journal has every offset from 1 to `head`.
    /// - Parameter name: of the store, for a message.
    func journalGaps(head: Int64, of name: String) async throws -> [MoveDifference] {
        let row = try await read(within: StoreMove.readLimit) { reader in
            try reader.row(
                """
                SELECT count(*) AS n, coalesce(min(entry_offset), 1) AS first, coalesce(max(entry_offset), 0) AS last
                FROM journal_entry
                """)
        }
        guard let row else { return [] }
        let (count, first, last) = (try row.int("n"), try row.int("first"), try row.int("last"))
        if first == 1 && last == head && count == head { return [] }
        return [
            MoveDifference(
                "journal_entry",
                "the \(name) store has \(count) entries from \(first) to \(last), and its journal goes to \(head)")
        ]
    }

    /// Makes the store the one that it was filled from: its counters and its journal's place, so that whoever follows it may go on; and
    /// takes the mark away.
    func endMove(from source: Ledger) async throws {
        try await write("move.end") { transaction in
            try MoveMark.remove(in: transaction)
            transaction.ledger.term = source.term
            transaction.ledger.head = source.head
            transaction.ledger.headMilliseconds = source.headMilliseconds
            for (kind, lastID) in source.lastIDs where kind != RowBlobStore.counter {
                transaction.ledger.lastIDs[kind] = max(lastID, transaction.ledger.lastIDs[kind] ?? 0)
            }
            if transaction.dialect == .postgres {
                // The one number that PostgreSQL gives by itself.
                _ = try transaction.rows(
                    """
                    SELECT setval(pg_get_serial_sequence('idempotency_key', 'id'),
                        (SELECT coalesce(max(id), 0) + 1 FROM idempotency_key), false) AS next
                    """)
            }
        }
    }
}
