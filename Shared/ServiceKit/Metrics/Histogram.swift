import Synchronization

/// How a quantity is distributed over buckets, one distribution for each combination of label values.
public final class Histogram: MetricFamily {
    fileprivate struct Distribution {
        var counts: [Int64]
        var sum = 0.0
        var total: Int64 = 0
    }

    /// The distribution for one combination of label values: whoever observes often keeps it.
    final class Cell: Sendable {
        private let buckets: [Double]
        private let distribution: Mutex<Distribution>

        init(_ buckets: [Double]) {
            self.buckets = buckets
            distribution = Mutex(Distribution(counts: Array(repeating: 0, count: buckets.count)))
        }

        func observe(_ value: Double) {
            let bucket = buckets.firstIndex { value <= $0 }
            distribution.withLock { distribution in
                if let bucket { distribution.counts[bucket] += 1 }
                distribution.sum += value
                distribution.total += 1
            }
        }

        func observe(_ duration: Duration) {
            let (seconds, attoseconds) = duration.components
            observe(Double(seconds) + Double(attoseconds) / 1e18)
        }

        fileprivate var value: Distribution {
            get { distribution.withLock { $0 } }
            set { distribution.withLock { $0 = newValue } }
        }
    }

    /// Bounds for durations from a tenth of a millisecond to ten seconds.
    public static let latencySeconds = [
        0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private let name: String
    private let help: String
    private let labels: [String]
    private let buckets: [Double]
    private let cells = Mutex<[[String]: Cell]>([:])

    init(name: String, help: String, labels: [String], buckets: [Double]) {
        precondition(buckets == buckets.sorted(), "bounds ascend")
        self.name = name
        self.help = help
        self.labels = labels
        self.buckets = buckets
    }

    /// - Parameter labelValues: in the order of the labels.
    public func observe(_ value: Double, _ labelValues: [String] = []) {
        cell(labelValues).observe(value)
    }

    public func observe(_ duration: Duration, _ labelValues: [String] = []) {
        cell(labelValues).observe(duration)
    }

    /// - Parameter labelValues: in the order of the labels.
    func cell(_ labelValues: [String]) -> Cell {
        precondition(labelValues.count == labels.count, "each label has a value")
        return cells.withLock { cells in
            if let known = cells[labelValues] { return known }
            let made = Cell(buckets)
            cells[labelValues] = made
            return made
        }
    }

    /// Takes over what was counted elsewhere with the same bounds.
    /// - Parameter counts: how many values fell into each bucket.
    func set(counts: [Int64], sum: Double, total: Int64, _ labelValues: [String] = []) {
        precondition(counts.count == buckets.count, "the same bounds")
        cell(labelValues).value = Distribution(counts: counts, sum: sum, total: total)
    }

    func rendered() -> String {
        let distributions = cells.withLock { $0 }.mapValues(\.value)
        var text = PrometheusText.head(name, help, "histogram")
        for key in distributions.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let distribution = distributions[key]!
            let pairs = Array(zip(labels, key))
            var below: Int64 = 0
            for (bound, count) in zip(buckets, distribution.counts) {
                below += count
                let bucket = pairs + [("le", PrometheusText.number(bound))]
                text += PrometheusText.sample("\(name)_bucket", bucket, Double(below))
            }
            text += PrometheusText.sample("\(name)_bucket", pairs + [("le", "+Inf")], Double(distribution.total))
            text += PrometheusText.sample("\(name)_sum", pairs, distribution.sum)
            text += PrometheusText.sample("\(name)_count", pairs, Double(distribution.total))
        }
        return text
    }
}
