import Synchronization

/// A number that only grows, one for each combination of label values.
public final class Counter: MetricFamily {
    private let name: String
    private let help: String
    private let labels: [String]
    private let cells = Mutex<[[String]: Cell]>([:])

    /// The number for one combination of label values: whoever counts often keeps it.
    final class Cell: Sendable {
        private let number = Mutex(0.0)

        func increment(by amount: Double = 1) { number.withLock { $0 += amount } }

        var value: Double {
            get { number.withLock { $0 } }
            set { number.withLock { $0 = newValue } }
        }
    }

    init(name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        self.labels = labels
        if labels.isEmpty { increment(by: 0) }
    }

    /// - Parameter labelValues: in the order of the labels.
    public func increment(_ labelValues: [String] = [], by amount: Double = 1) {
        precondition(amount >= 0, "a counter grows")
        cell(labelValues).increment(by: amount)
    }

    /// Takes over a total that is counted elsewhere.
    func set(total: Double, _ labelValues: [String] = []) {
        cell(labelValues).value = total
    }

    public func value(_ labelValues: [String] = []) -> Double {
        cells.withLock { $0[labelValues] }?.value ?? 0
    }

    /// - Parameter labelValues: in the order of the labels.
    func cell(_ labelValues: [String]) -> Cell {
        precondition(labelValues.count == labels.count, "each label has a value")
        return cells.withLock { cells in
            if let known = cells[labelValues] { return known }
            let made = Cell()
            cells[labelValues] = made
            return made
        }
    }

    func rendered() -> String {
        let values = cells.withLock { $0 }.mapValues(\.value)
        let samples = values.keys.sorted { $0.lexicographicallyPrecedes($1) }.map {
            PrometheusText.sample(name, Array(zip(labels, $0)), values[$0]!)
        }
        return PrometheusText.head(name, help, "counter") + samples.joined()
    }
}
