/// What the writer has done since the store was opened.
public struct StoreStatistics: Sendable, Hashable {
    /// Requests whose transaction was committed (also those that refused by throwing).
    public var writes: Int64 = 0
    /// Commits, each with one fsync.
    public var commits: Int64 = 0
    /// Batches that failed as a whole.
    public var failedBatches: Int64 = 0
    /// Batches that ran a second time, with savepoints, because a request failed after it had written.
    public var guardedBatches: Int64 = 0
    /// The most requests that shared a commit.
    public var largestBatch = 0
    /// Pages in the write-ahead log after the last commit.
    public var logPages: Int32 = 0
    /// Checkpoints done.
    public var checkpoints: Int64 = 0
    /// How many requests shared a commit.
    public var batches = Distribution(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256])
    /// How long batches ran before their commit, in seconds.
    public var writeSeconds = Distribution(bounds: Distribution.latencySeconds)
    /// How long commits took, the fsync above all, in seconds.
    public var commitSeconds = Distribution(bounds: Distribution.latencySeconds)

    /// Of a writer that has done nothing yet.
    public init() {}

    /// Counts a batch that was committed.
    mutating func count(_ batch: Int, logPages: Int32, write: Duration, commit: Duration) {
        writes += Int64(batch)
        commits += 1
        largestBatch = max(largestBatch, batch)
        self.logPages = logPages
        batches.count(Double(batch))
        writeSeconds.count(write / .seconds(1))
        commitSeconds.count(commit / .seconds(1))
    }
}
