/// How far behind the followed journals this service is.
struct FollowerMetrics: Sendable {
    private let offset: Gauge
    private let lag: Gauge
    private let connected: Gauge

    init(_ registry: MetricsRegistry) {
        offset = registry.gauge(
            "firstline_follower_offset", help: "Offset of the entry applied last.", labels: ["source"])
        lag = registry.gauge(
            "firstline_follower_lag_entries", help: "Entries that are known and not applied yet.", labels: ["source"])
        connected = registry.gauge(
            "firstline_follower_connected", help: "1 while the journal is followed, else 0.", labels: ["source"])
    }

    func collect(_ states: [FollowerState]) {
        for state in states {
            offset.set(Double(state.offset), [state.source])
            lag.set(Double(state.lag), [state.source])
            connected.set(state.phase == .following ? 1 : 0, [state.source])
        }
    }
}
