/// What a move came to.
public struct MoveReport: Sendable, Hashable, Encodable {
    public enum Outcome: String, Sendable, Hashable, Encodable {
        case moved
        /// An earlier run had finished it; it was checked again.
        case movedBefore = "moved_before"
        /// The check found differences: the new store is not to be used.
        case different
    }

    public var service: String
    public var outcome = Outcome.moved
    /// Tables and rows that were compared.
    public var tables = 0
    public var rows: Int64 = 0
    public var blobs: Int64 = 0
    /// Where the journal of both stores stands.
    public var term: Int64 = 0
    public var head: Int64 = 0
    /// At most one for each table, and one for each blob.
    public var differences: [MoveDifference] = []
}
