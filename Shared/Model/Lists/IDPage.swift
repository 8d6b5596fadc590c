/// One page of a list that is ordered by id: what to read, and where the next one goes on.
public struct IDPage: Sendable, Hashable {
    /// How many items it answers; a store reads one more, to know whether there is a next page.
    public let limit: Int
    /// The last id of the page before; 0 at the start.
    private let last: Int64
    private let list: String

    /// - Parameters:
    ///   - limit: as in the request; 0 for the standard one.
    ///   - cursor: as in the request; empty at the start.
    ///   - list: names the list, so that a cursor of another is refused.
    public init(limit: Int32, cursor: String, list: String) throws(InvalidRequest) {
        self.limit = try ListLimit.items(limit)
        self.list = list
        guard let place = try ListCursor.decode(cursor, for: list, shape: [.integer(0)]),
            case .integer(let id) = place.values[0]
        else {
            last = 0
            return
        }
        last = id
    }

    /// Of an ascending list: items have a greater id.
    public var afterID: Int64 { last }

    /// Of a descending list: items have a lesser id.
    public var beforeID: Int64 { last == 0 ? .max : last }

    /// How many items to read.
    public var readLimit: Int { limit + 1 }

    /// The page's items, and the next page's cursor: empty at the end.
    /// - Parameter sizeBytes: of items that may be large: fewer where more would not have room in one answer.
    public func cut<Item>(
        _ found: [Item], id: (Item) -> Int64, sizeBytes: (Item) -> Int = { _ in 0 }
    ) -> (items: [Item], nextCursor: String) {
        let items = found.prefix(ListLimit.fitting(found.prefix(limit), sizeBytes: sizeBytes))
        guard let last = items.last, items.count < found.count else { return (found, "") }
        return (Array(items), ListCursor([.integer(id(last))]).encoded(for: list))
    }
}
