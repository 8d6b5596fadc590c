/// How long to wait before a mailbox that failed is tried again.
enum PollPause {
    static let firstMilliseconds: Int64 = 1_000
    static let longestMilliseconds: Int64 = 5 * 60_000
    /// The share of the pause that chance takes away, so that mailboxes of one server do not come at once.
    static let jitter = 0.3

    /// - Parameters:
    ///   - failures: how often in a row it failed, at least 1.
    ///   - chance: from 0 up to 1.
    static func milliseconds(failures: Int, chance: Double) -> Int64 {
        let doublings = Int64(min(max(failures - 1, 0), 20))
        let pause = min(firstMilliseconds << doublings, longestMilliseconds)
        return pause - Int64(Double(pause) * jitter * chance)
    }
}
