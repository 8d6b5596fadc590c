import Wire

/// Whether a call that failed is sent again, and after how long. One for each call.
///
/// What no handler has seen may always go again, the first time at once. What a handler may have seen goes again only where a repetition
/// does no harm: the method changes nothing, or the call carries an idempotency key.
struct CallRetry: Sendable {
    private let isRepeatable: Bool
    private let maxAttempts: Int
    private var backoff: Backoff
    private var attempts = 1

    init(isRepeatable: Bool, limits: RPCLimits) {
        self.isRepeatable = isRepeatable
        maxAttempts = limits.maxAttempts
        backoff = Backoff(limits: limits)
    }

    /// The last attempt failed.
    /// - Parameter jitter: -1 to 1.
    /// - Returns: the wait before the next attempt; nil when the failure is the call's outcome.
    mutating func wait(after failure: CallFailure, jitter: Double) -> Duration? {
        guard attempts < maxAttempts, mayGoAgain(failure) else { return nil }
        attempts += 1
        if attempts == 2, failure.reach == .notProcessed || failure.leader != nil { return .zero }
        return backoff.fail(jitter: jitter)
    }

    private func mayGoAgain(_ failure: CallFailure) -> Bool {
        switch failure.reach {
        case .notProcessed: true
        case .unknown: isRepeatable
        // An instance that does not lead has done nothing.
        case .answered: failure.error.code == .unavailable && (isRepeatable || failure.error.isNotHere)
        case .final: false
        }
    }
}
