/// The counters that say of a store that it is being filled from another: nobody may serve it.
struct MoveMark: Sendable, Hashable {
    /// The term and the head of the store that it is filled from.
    var source: JournalPosition

    private static let term = "store.moving"
    private static let head = "store.moving.head"
    static let kinds: Set<String> = [term, head]

    init(source: JournalPosition) {
        self.source = source
    }

    /// Nil when there is none.
    init?(_ ledger: Ledger) {
        self.init(counters: ledger.lastIDs)
    }

    /// - Parameter counters: the store's, by kind.
    init?(counters: [String: Int64]) {
        guard let term = counters[Self.term] else { return nil }
        source = JournalPosition(term: term, offset: counters[Self.head] ?? 0)
    }

    func set(in transaction: Transaction) {
        transaction.ledger.lastIDs[Self.term] = source.term
        transaction.ledger.lastIDs[Self.head] = source.offset
    }

    static func remove(in transaction: Transaction) throws {
        for kind in kinds.sorted() {
            transaction.ledger.lastIDs[kind] = nil
            try transaction.execute("DELETE FROM store_counter WHERE kind = ?", [.text(kind)])
        }
    }
}
