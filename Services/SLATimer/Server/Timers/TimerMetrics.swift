import Model
import ServiceKit
import Store

/// How late timers fire, and whether one is due that has not.
struct TimerMetrics: Sendable {
    /// From what is normal (`FiringService.commitAllowanceMilliseconds`) to a day's outage.
    private static let latenessSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400]

    private let lateness: Histogram
    private let overdue: Gauge

    init(_ registry: MetricsRegistry) {
        lateness = registry.histogram(
            "firstline_timer_lateness_seconds", help: "How long after they were due timers fired.", labels: ["kind"],
            buckets: Self.latenessSeconds)
        overdue = registry.gauge(
            "firstline_timer_overdue_seconds",
            help: "How long the most overdue timer has been due without having fired; 0 when none is.")
    }

    /// Counts what has fired and is committed.
    func count(_ firings: [TimerFiring]) {
        for firing in firings {
            lateness.observe(Double(firing.latenessMilliseconds) / 1_000, [firing.isBreach ? "breach" : "warning"])
        }
    }

    /// Leaves the gauge as it was where the store cannot be read: that is told elsewhere.
    func collect(_ store: Store, now: Int64) async {
        guard let next = try? await store.read({ try $0.nextTimerMilliseconds() ?? .max }) else { return }
        overdue.set(Double(max(0, now - min(next, now))) / 1_000)
    }
}
