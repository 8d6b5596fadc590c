/// A store that is being filled from another, which nobody may serve before the move has come to its end.
public struct UnfinishedMove: Sendable, Hashable {
    /// The term and the head of the store that it is filled from.
    public var sourceTerm: Int64
    public var sourceHead: Int64

    public init(sourceTerm: Int64, sourceHead: Int64) {
        self.sourceTerm = sourceTerm
        self.sourceHead = sourceHead
    }

    /// Nil for a store that was moved to its end, or never.
    public init?(in store: any StoreInspector) throws {
        var counters: [String: Int64] = [:]
        for row in try store.rows("SELECT kind, last_id FROM store_counter WHERE kind LIKE 'store.moving%'", []) {
            counters[try row.text("kind")] = try row.int("last_id")
        }
        guard let mark = MoveMark(counters: counters) else { return nil }
        (sourceTerm, sourceHead) = (mark.source.term, mark.source.offset)
    }
}
