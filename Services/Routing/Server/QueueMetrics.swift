import Model
import ServiceKit
import Store

/// How many tickets wait for an agent, and for how long.
struct QueueMetrics: Sendable {
    private let store: Store
    private let clock: any WallClock
    private let tickets: Gauge
    private let oldest: Gauge

    init(_ registry: MetricsRegistry, store: Store, clock: any WallClock) {
        self.store = store
        self.clock = clock
        tickets = registry.gauge("firstline_queue_tickets", help: "Tickets that wait for an agent.")
        oldest = registry.gauge(
            "firstline_queue_oldest_seconds", help: "How long the oldest of them has waited; 0 when none does.")
    }

    /// Leaves the gauges as they were where the store cannot be read: that is told elsewhere.
    func collect() async {
        let found = try? await store.read { reader in
            (
                length: try RoutedTicketStore.queueLength(teamID: 0, in: reader),
                first: try RoutedTicketStore.queued(after: (0, 0), limit: 1, in: reader).first
            )
        }
        guard let found else { return }
        tickets.set(Double(found.length))
        let waited = found.first.map { max(0, clock.nowMilliseconds - $0.queuedAtMilliseconds) } ?? 0
        oldest.set(Double(waited) / 1_000)
    }
}
