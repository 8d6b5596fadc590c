/// How many items a list answers at once, and how large they may be together.
public enum ListLimit {
    /// What a list answers when its caller names no limit.
    public static let standard = 50
    /// The most that a list answers.
    public static let greatest = 200
    /// What the items of an answer may have in bytes, but for the first: an answer has room for 4 MiB, its frame and the small fields as well.
    public static let greatestBytes = 3 * 1024 * 1024

    /// The items to answer for the `limit` of a request, where 0 means `standard`.
    public static func items(_ limit: Int32, field: String = "limit") throws(InvalidRequest) -> Int {
        if limit == 0 { return standard }
        guard limit >= 1, limit <= greatest else {
            throw InvalidRequest(field, "must be between 1 and \(greatest)")
        }
        return Int(limit)
    }

    /// How many of the items, from the first, have room in one answer; of any at least one, so that a reader gets on.
    public static func fitting<Item>(_ items: some Sequence<Item>, sizeBytes: (Item) -> Int) -> Int {
        var (count, bytes) = (0, 0)
        for item in items {
            bytes += sizeBytes(item)
            if count > 0, bytes > greatestBytes { break }
            count += 1
        }
        return count
    }
}
