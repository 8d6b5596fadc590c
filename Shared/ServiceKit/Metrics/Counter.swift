import Synchronization

/// A number that only grows, one for each combination of label values.
public final class Counter: MetricFamily {
    private let name: String
    private let help: String
    private let labels: [String]
    private let values = Mutex<[[String]: Double]>([:])

    init(name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        self.labels = labels
        if labels.isEmpty { increment(by: 0) }
    }

    /// - Parameter labelValues: in the order of the labels.
    public func increment(_ labelValues: [String] = [], by amount: Double = 1) {
        precondition(labelValues.count == labels.count && amount >= 0, "a counter grows, and each label has a value")
        values.withLock { $0[labelValues, default: 0] += amount }
    }

    /// Takes over a total that is counted elsewhere.
    func set(total: Double, _ labelValues: [String] = []) {
        values.withLock { $0[labelValues] = total }
    }

    public func value(_ labelValues: [String] = []) -> Double {
        values.withLock { $0[labelValues] ?? 0 }
    }

    func rendered() -> String {
        let values = values.withLock { $0 }
        let samples = values.keys.sorted { $0.lexicographicallyPrecedes($1) }.map {
            PrometheusText.sample(name, Array(zip(labels, $0)), values[$0]!)
        }
        return PrometheusText.head(name, help, "counter") + samples.joined()
    }
}
