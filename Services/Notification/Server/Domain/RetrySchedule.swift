/// When a delivery that did not go through is tried again.
enum RetrySchedule {
    static let firstPauseMilliseconds: Int64 = 15_000
    static let longestPauseMilliseconds: Int64 = 4 * 3_600_000
    /// How long a delivery is tried before it is given up (RFC 5321, section 4.5.4.1: at least 4 to 5 days).
    static let patienceMilliseconds: Int64 = 5 * 86_400_000
    /// The share of the pause that chance adds, so that retries spread.
    static let jitter = 0.2

    /// When to try again; nil to give up.
    /// - Parameters:
    ///   - attempts: how often it was tried, at least 1.
    ///   - chance: from 0 up to 1.
    static func next(
        attempts: Int32, createdAtMilliseconds: Int64, nowMilliseconds: Int64, chance: Double
    ) -> Int64? {
        let doublings = min(max(Int64(attempts) - 1, 0), 20)
        let pause = min(firstPauseMilliseconds << doublings, longestPauseMilliseconds)
        let next = nowMilliseconds + pause + Int64(Double(pause) * jitter * chance)
        return next - createdAtMilliseconds > patienceMilliseconds ? nil : next
    }
}
