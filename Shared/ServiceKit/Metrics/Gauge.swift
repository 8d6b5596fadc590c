import Synchronization

/// A number that goes up and down, one for each combination of label values.
public final class Gauge: MetricFamily {
    private let name: String
    private let help: String
    private let labels: [String]
    private let values = Mutex<[[String]: Double]>([:])

    init(name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        self.labels = labels
    }

    /// - Parameter labelValues: in the order of the labels.
    public func set(_ value: Double, _ labelValues: [String] = []) {
        precondition(labelValues.count == labels.count, "each label has a value")
        values.withLock { $0[labelValues] = value }
    }

    func rendered() -> String {
        let values = values.withLock { $0 }
        let samples = values.keys.sorted { $0.lexicographicallyPrecedes($1) }.map {
            PrometheusText.sample(name, Array(zip(labels, $0)), values[$0]!)
        }
        return PrometheusText.head(name, help, "gauge") + samples.joined()
    }
}
