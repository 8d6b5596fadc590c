/// How often a quantity fell into each of a few ranges.
public struct Distribution: Sendable, Hashable {
    /// From a tenth of a millisecond to ten seconds.
    static let latencySeconds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// The upper end of each range, ascending.
    public let bounds: [Double]
    /// How many values fell into each; those above the last bound are only in ``total``.
    public private(set) var counts: [Int64]
    public private(set) var sum = 0.0
    public private(set) var total: Int64 = 0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count)
    }

    mutating func count(_ value: Double) {
        if let range = bounds.firstIndex(where: { value <= $0 }) { counts[range] += 1 }
        sum += value
        total += 1
    }
}
