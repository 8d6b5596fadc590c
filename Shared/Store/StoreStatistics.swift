/// What the writer has done since the store was opened.
public struct StoreStatistics: Sendable, Hashable {
    /// Requests whose transaction was committed (also those that refused by throwing).
    public var writes: Int64 = 0
    /// Commits, each with one fsync.
    public var commits: Int64 = 0
    /// Batches that failed as a whole.
    public var failedBatches: Int64 = 0
    /// The most requests that shared a commit.
    public var largestBatch = 0
    /// Pages in the write-ahead log after the last commit.
    public var logPages: Int32 = 0
    /// Checkpoints done.
    public var checkpoints: Int64 = 0
}
