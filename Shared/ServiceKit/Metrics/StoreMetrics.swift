import Store

/// What the writer does and where the journal stands, read from the store when asked.
struct StoreMetrics: Sendable {
    private let writes: Gauge
    private let commits: Gauge
    private let failed: Gauge
    private let largest: Gauge
    private let logPages: Gauge
    private let head: Gauge

    init(_ registry: MetricsRegistry) {
        writes = registry.gauge("firstline_store_writes", help: "Transactions committed since the start.")
        commits = registry.gauge("firstline_store_commits", help: "Commits (one fsync each) since the start.")
        failed = registry.gauge(
            "firstline_store_failed_batches", help: "Batches that failed as a whole since the start.")
        largest = registry.gauge("firstline_store_largest_batch", help: "The most transactions that shared a commit.")
        logPages = registry.gauge("firstline_store_log_pages", help: "Pages in the write-ahead log.")
        head = registry.gauge("firstline_journal_head", help: "Offset of the newest journal entry.")
    }

    func collect(_ store: Store) async {
        let statistics = store.statistics
        writes.set(Double(statistics.writes))
        commits.set(Double(statistics.commits))
        failed.set(Double(statistics.failedBatches))
        largest.set(Double(statistics.largestBatch))
        logPages.set(Double(statistics.logPages))
        head.set(Double(await store.head.offset))
    }
}
