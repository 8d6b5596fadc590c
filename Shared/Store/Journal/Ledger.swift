/// The store's counters: kept in memory by the writer, written by every commit that changed them, in its own transaction.
/// A value, so that a request that rolls back takes its numbers with it.
struct Ledger: Sendable, Hashable {
    /// The life of the store; grows with every restore.
    var term: Int64
    /// The offset of the newest entry.
    var head: Int64
    /// The newest entry's instant.
    var headMilliseconds: Int64
    /// The last id given out, by kind.
    var lastIDs: [String: Int64]

    var position: JournalPosition { JournalPosition(term: term, offset: head) }

    /// Reads what the last commit left.
    static func load(_ connection: any Connection) throws -> Ledger {
        let meta = try connection.row("SELECT term, journal_head, journal_at_ms FROM store_meta WHERE singleton = 1")
        guard let row = meta else {
            throw StoreError.badMigration("store_meta is empty")
        }
        let counters = try connection.rows("SELECT kind, last_id FROM store_counter", [], limit: .max)
        return Ledger(
            term: try row.int("term"), head: try row.int("journal_head"),
            headMilliseconds: try row.int("journal_at_ms"),
            lastIDs: try counters.reduce(into: [:]) { $0[try $1.text("kind")] = try $1.int("last_id") })
    }

    /// Writes what differs from `stored`, which is what the last commit left.
    func save(over stored: Ledger, _ connection: any Connection) throws {
        if term != stored.term || head != stored.head || headMilliseconds != stored.headMilliseconds {
            try connection.execute(
                "UPDATE store_meta SET term = ?, journal_head = ?, journal_at_ms = ? WHERE singleton = 1",
                [.integer(term), .integer(head), .integer(headMilliseconds)])
        }
        for (kind, lastID) in lastIDs where stored.lastIDs[kind] != lastID {
            try connection.execute(
                """
                INSERT INTO store_counter (kind, last_id) VALUES (?, ?)
                ON CONFLICT (kind) DO UPDATE SET last_id = excluded.last_id
                """, [.text(kind), .integer(lastID)])
        }
    }
}
