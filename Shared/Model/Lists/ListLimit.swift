/// How many items a list answers at once.
public enum ListLimit {
    /// What a list answers when its caller names no limit.
    public static let standard = 50
    /// The most that a list answers.
    public static let greatest = 200

    /// The items to answer for the `limit` of a request, where 0 means `standard`.
    public static func items(_ limit: Int32, field: String = "limit") throws(InvalidRequest) -> Int {
        if limit == 0 { return standard }
        guard limit >= 1, limit <= greatest else {
            throw InvalidRequest(field, "must be between 1 and \(greatest)")
        }
        return Int(limit)
    }
}
