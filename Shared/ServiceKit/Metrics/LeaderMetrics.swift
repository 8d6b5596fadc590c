/// Whether this instance leads its store.
struct LeaderMetrics: Sendable {
    private let leads: Gauge
    private let term: Gauge

    init(_ registry: MetricsRegistry) {
        leads = registry.gauge(
            "firstline_store_leads", help: "1 while this instance leads its store, as the only one always does.")
        term = registry.gauge(
            "firstline_store_term", help: "In which term of leading; 0 where no other instance can lead.")
    }

    func set(leads isLeading: Bool, term: Int64) {
        leads.set(isLeading ? 1 : 0)
        self.term.set(Double(term))
    }
}
