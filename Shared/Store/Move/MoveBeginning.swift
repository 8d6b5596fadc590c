/// Decides what is to be done with the new place.
struct MoveBeginning {
    let source: Ledger
    let target: Store
    let tables: [MovedTable]
    let place: String

    /// Marks an empty store as one that is being filled, and finds the mark again.
    /// - Returns: whether the store has been moved there already, and nobody has served it since.
    func isDone() async throws -> Bool {
        let ledger = try await target.ledger()
        if let mark = MoveMark(ledger) {
            guard mark.source.term == source.term else { throw MoveRefusal.filledFromOther(place: place) }
            guard mark.source == source.position else { throw MoveRefusal.sourceWritten(place: place) }
            return false
        }
        if ledger.position == source.position && ledger.headMilliseconds == source.headMilliseconds { return true }
        let isEmpty = try await target.read(within: StoreMove.readLimit) { [tables] reader in
            try tables.allSatisfy { try reader.row($0.lastKey) == nil }
        }
        guard isEmpty, ledger.head == 0 else { throw MoveRefusal.holdsStore(place: place) }
        try await target.write("move.begin") { [source] in MoveMark(source: source.position).set(in: $0) }
        return false
    }
}
