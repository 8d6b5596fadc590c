/// How long to wait before the next attempt to connect: exponential, with jitter so that many clients do not come at once.
struct Backoff: Sendable {
    private let limits: RPCLimits
    private var next: Duration

    init(limits: RPCLimits) {
        self.limits = limits
        next = limits.firstBackoff
    }

    /// An attempt failed.
    /// - Parameter jitter: -1 to 1.
    /// - Returns: the wait before the next one.
    mutating func fail(jitter: Double) -> Duration {
        let wait = next
        next = min(next * limits.backoffGrowth, limits.longestBackoff)
        return wait * (1 + Self.jitterShare * jitter)
    }

    /// An attempt succeeded.
    mutating func succeed() {
        next = limits.firstBackoff
    }

    private static let jitterShare = 0.2
}
