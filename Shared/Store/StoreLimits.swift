/// Every bound of a store.
public struct StoreLimits: Sendable, Hashable {
    /// Writes that may wait; the next is refused with ``StoreError/overloaded``.
    public var waitingWrites = 8192
    /// Writes that share one commit.
    public var batch = 256
    /// Read-only connections.
    public var readers = 3
    /// Reads that may wait for a reader.
    public var waitingReads = 8192
    /// Statements kept prepared on each connection.
    public var preparedStatements = 512
    /// How long one read may look at its snapshot, which keeps the write-ahead log from beginning anew; then it ends with
    /// ``StoreError/readTooLong``.
    public var readMilliseconds: Int64 = 5000
    /// A read that has waited for a reader for longer is refused with ``StoreError/overloaded``.
    public var readWaitMilliseconds: Int64 = 5000
    /// The write-ahead log is copied back when it has grown to so many pages (of 4 KiB): 8 MiB.
    public var checkpointPages: Int32 = 2000
    /// Beyond this (64 MiB) the writer waits for readers, up to ``restartWaitMilliseconds``, to begin the log anew.
    public var restartPages: Int32 = 16_384
    public var restartWaitMilliseconds: Int32 = 20
    /// The log's bound (256 MiB, and the batch that passes it): there every read is ended, whatever its own limit, and the writer waits
    /// for that up to ``endReadersWaitMilliseconds``.
    public var logPages: Int32 = 65_536
    public var endReadersWaitMilliseconds: Int32 = 500
    /// The log's bound while a snapshot is open (1 GiB): there the snapshot ends with ``StoreError/snapshotExpired``.
    public var snapshotLogPages: Int32 = 262_144
    /// The log's file is cut to this size when it begins anew.
    public var keptLogBytes = 16 << 20
    /// How long a connection waits for a lock that somebody else (a backup, a person's shell) holds.
    public var busyMilliseconds: Int32 = 5000
    /// Pages of the database file; 0 is SQLite's own bound.
    public var maximumPages: Int64 = 0
    /// Page caches, in KiB a connection.
    public var writerCacheKiB = 8192
    public var readerCacheKiB = 4096
    /// How long answers to idempotency keys are kept.
    public var idempotencyMilliseconds: Int64 = 72 * 3600 * 1000
    /// Expired keys removed in one step, and how often the writer looks for some.
    public var expiryStep = 500
    public var expiryIntervalMilliseconds: Int64 = 60_000
    /// A request that holds the writer for longer is logged.
    public var slowWriteMilliseconds: Int64 = 200

    public init() {}
}
