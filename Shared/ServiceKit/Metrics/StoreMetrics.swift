import Store

/// What the writer does and where the journal stands, read from the store when asked.
struct StoreMetrics: Sendable {
    private let writes: Counter
    private let commits: Counter
    private let failed: Counter
    private let guarded: Counter
    private let checkpoints: Counter
    private let largest: Gauge
    private let logPages: Gauge
    private let logBytes: Gauge
    private let head: Gauge
    private let leading: LeaderMetrics
    private let batches: Histogram
    private let writeSeconds: Histogram
    private let commitSeconds: Histogram

    init(_ registry: MetricsRegistry) {
        writes = registry.counter("firstline_store_writes_total", help: "Transactions committed.")
        commits = registry.counter("firstline_store_commits_total", help: "Commits, each with one fsync.")
        failed = registry.counter(
            "firstline_store_failed_batches_total", help: "Batches that failed as a whole.")
        guarded = registry.counter(
            "firstline_store_guarded_batches_total",
            help: "Batches that ran again with savepoints, because a transaction failed after it had written.")
        checkpoints = registry.counter("firstline_store_checkpoints_total", help: "Times the log was copied back.")
        largest = registry.gauge("firstline_store_largest_batch", help: "The most transactions that shared a commit.")
        logPages = registry.gauge("firstline_store_log_pages", help: "Pages in use in the write-ahead log.")
        logBytes = registry.gauge("firstline_store_wal_bytes", help: "Size of the write-ahead log's file.")
        head = registry.gauge("firstline_journal_head", help: "Offset of the newest journal entry.")
        leading = LeaderMetrics(registry)
        let none = StoreStatistics()
        batches = registry.histogram(
            "firstline_store_batch_transactions", help: "Transactions that shared a commit.",
            buckets: none.batches.bounds)
        writeSeconds = registry.histogram(
            "firstline_store_batch_seconds", help: "How long batches ran before their commit.",
            buckets: none.writeSeconds.bounds)
        commitSeconds = registry.histogram(
            "firstline_store_commit_seconds", help: "How long commits took, the fsync above all.",
            buckets: none.commitSeconds.bounds)
    }

    func collect(_ store: Store) async {
        let statistics = store.statistics
        writes.set(total: Double(statistics.writes))
        commits.set(total: Double(statistics.commits))
        failed.set(total: Double(statistics.failedBatches))
        guarded.set(total: Double(statistics.guardedBatches))
        checkpoints.set(total: Double(statistics.checkpoints))
        largest.set(Double(statistics.largestBatch))
        logPages.set(Double(statistics.logPages))
        logBytes.set(Double(store.logBytes))
        head.set(Double(await store.head.offset))
        leading.set(leads: store.isLeading, term: store.leaderTerm)
        set(batches, statistics.batches)
        set(writeSeconds, statistics.writeSeconds)
        set(commitSeconds, statistics.commitSeconds)
    }

    private func set(_ histogram: Histogram, _ distribution: Distribution) {
        histogram.set(counts: distribution.counts, sum: distribution.sum, total: distribution.total)
    }
}
