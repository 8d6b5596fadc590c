/// Why stores are not moved, before anything was done. One line, fit for the operator.
public enum MoveRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is nothing to move.
    case noStore(place: String)
    /// The new place has a store of its own, which is not the moved one.
    case holdsStore(place: String)
    /// The new place was begun to be filled from another store.
    case filledFromOther(place: String)
    /// The old store was written after the move began.
    case sourceWritten(place: String)
    /// The stores must be of two engines.
    case sameEngine

    public var description: String {
        switch self {
        case .noStore(let place): "there is no store in \(place)"
        case .holdsStore(let place): "\(place) holds a store already"
        case .filledFromOther(let place):
            "\(place) holds an unfinished move from another store; remove it and start again"
        case .sourceWritten(let place):
            "the old store was written after the move into \(place) began; remove what is there and start again"
        case .sameEngine: "a store moves from sqlite to postgres://… or back"
        }
    }
}
