import Model
import ServiceKit
import Store

/// How long mail takes to go out, and what waits.
struct DeliveryMetrics: Sendable {
    /// From a tenth of a second to the days after which a delivery is given up.
    private static let bounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400, 432_000]

    private let settled: Counter
    private let seconds: Histogram
    private let waiting: Gauge
    private let oldest: Gauge

    init(_ registry: MetricsRegistry) {
        settled = registry.counter(
            "firstline_deliveries_total", help: "Deliveries that came to an end: sent, failed or suppressed.",
            labels: ["state"])
        seconds = registry.histogram(
            "firstline_delivery_seconds", help: "From the fact that asked for a mail until it went out.",
            buckets: Self.bounds)
        waiting = registry.gauge("firstline_deliveries_waiting", help: "Mails that wait to go out.")
        oldest = registry.gauge(
            "firstline_delivery_oldest_waiting_seconds",
            help: "How long the oldest of them has waited; 0 when none does.")
    }

    /// Counts a delivery as it now stands, once that is committed.
    func count(_ delivery: Delivery) {
        guard [.sent, .failed, .suppressed].contains(delivery.state) else { return }
        settled.increment([delivery.state.name])
        guard delivery.state == .sent else { return }
        seconds.observe(Double(max(0, delivery.sentAtMilliseconds - delivery.createdAtMilliseconds)) / 1_000)
    }

    /// Leaves the gauges as they were where the store cannot be read: that is told elsewhere.
    func collect(_ store: Store, now: Int64) async {
        guard let found = try? await store.read({ try DeliveryStore.waiting(at: now, in: $0) }) else { return }
        waiting.set(Double(found.count))
        oldest.set(found.count == 0 ? 0 : Double(max(0, now - found.oldestMilliseconds)) / 1_000)
    }
}
