import Synchronization

/// The process's metrics, rendered in Prometheus's text format 0.0.4.
///
/// Names are `firstline_…` with their unit last; label values are bounded: method names, codes, peers, never ids or addresses.
public final class MetricsRegistry: Sendable {
    private struct State {
        var families: [String: any MetricFamily] = [:]
        var collectors: [@Sendable () async -> Void] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// A number that only grows. Asked for twice under one name, it is the same.
    public func counter(_ name: String, help: String, labels: [String] = []) -> Counter {
        family(name) { Counter(name: name, help: help, labels: labels) }
    }

    /// A number that goes up and down.
    public func gauge(_ name: String, help: String, labels: [String] = []) -> Gauge {
        family(name) { Gauge(name: name, help: help, labels: labels) }
    }

    /// How a quantity is distributed.
    /// - Parameter buckets: upper bounds, ascending.
    public func histogram(
        _ name: String, help: String, labels: [String] = [], buckets: [Double] = Histogram.latencySeconds
    ) -> Histogram {
        family(name) { Histogram(name: name, help: help, labels: labels, buckets: buckets) }
    }

    /// `collect` sets gauges just before they are rendered.
    public func onCollect(_ collect: @escaping @Sendable () async -> Void) {
        state.withLock { $0.collectors.append(collect) }
    }

    /// Every metric, by name.
    public func render() async -> String {
        for collect in state.withLock({ $0.collectors }) { await collect() }
        let families = state.withLock { $0.families }
        return families.keys.sorted().map { families[$0]!.rendered() }.joined()
    }

    private func family<Family: MetricFamily>(_ name: String, _ make: () -> Family) -> Family {
        state.withLock { state in
            if let known = state.families[name] {
                guard let same = known as? Family else { preconditionFailure("two kinds of metric are named \(name)") }
                return same
            }
            let made = make()
            state.families[name] = made
            return made
        }
    }
}

/// All the series of one name.
protocol MetricFamily: Sendable {
    func rendered() -> String
}
