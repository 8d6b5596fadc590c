/// How long calls took, and how many there were.
struct Latencies: Sendable {
    /// Of the calls that ended within the window.
    private(set) var nanoseconds: [UInt32] = []
    /// All calls, those of the warm-up too.
    private(set) var total = 0

    mutating func add(_ start: ContinuousClock.Instant, _ end: ContinuousClock.Instant, within window: Window) {
        total += 1
        guard end >= window.start, end < window.end else { return }
        let (seconds, attoseconds) = (end - start).components
        nanoseconds.append(UInt32(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }

    mutating func add(_ other: Latencies) {
        nanoseconds += other.nanoseconds
        total += other.total
    }

    /// The least latency that `share` of the calls do not exceed, in microseconds. There must be calls.
    func percentile(_ share: Double) -> Double {
        let sorted = nanoseconds.sorted()
        return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1_000
    }
}
