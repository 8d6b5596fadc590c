import Store

/// What the writer does and where the journal stands, read from the store when asked.
struct StoreMetrics: Sendable {
    private let writes: Counter
    private let commits: Counter
    private let failed: Counter
    private let largest: Gauge
    private let logPages: Gauge
    private let head: Gauge

    init(_ registry: MetricsRegistry) {
        writes = registry.counter("firstline_store_writes_total", help: "Transactions committed.")
        commits = registry.counter("firstline_store_commits_total", help: "Commits, each with one fsync.")
        failed = registry.counter(
            "firstline_store_failed_batches_total", help: "Batches that failed as a whole.")
        largest = registry.gauge("firstline_store_largest_batch", help: "The most transactions that shared a commit.")
        logPages = registry.gauge("firstline_store_log_pages", help: "Pages in the write-ahead log.")
        head = registry.gauge("firstline_journal_head", help: "Offset of the newest journal entry.")
    }

    func collect(_ store: Store) async {
        let statistics = store.statistics
        writes.set(total: Double(statistics.writes))
        commits.set(total: Double(statistics.commits))
        failed.set(total: Double(statistics.failedBatches))
        largest.set(Double(statistics.largestBatch))
        logPages.set(Double(statistics.logPages))
        head.set(Double(await store.head.offset))
    }
}
