public import Model
public import Store

/// What a service does with another's journal.
public struct FollowerDefinition: Sendable {
    /// Whose journal, as "intake".
    public var source: String
    /// Applies a batch of entries, in their order. The batch and the follower's place are committed in one transaction, so each entry takes
    /// effect exactly once. What it throws undoes the batch, which is tried again; it never sees entries of unknown kinds.
    public var applyBatch: @Sendable (Transaction, [JournalEntry]) throws -> Void
    /// Called after each batch that was committed, as to wake a worker.
    public var afterCommit: @Sendable () async -> Void

    /// One that applies entries batch by batch: what it must know of all of them it reads once.
    public init(
        batchesOf source: String, apply: @escaping @Sendable (Transaction, [JournalEntry]) throws -> Void,
        afterCommit: @escaping @Sendable () async -> Void = {}
    ) {
        self.source = source
        applyBatch = apply
        self.afterCommit = afterCommit
    }

    /// One that applies entries one by one.
    public init(
        source: String, apply: @escaping @Sendable (Transaction, JournalEntry) throws -> Void,
        afterCommit: @escaping @Sendable () async -> Void = {}
    ) {
        self.init(
            batchesOf: source,
            apply: { transaction, entries in
                for entry in entries { try apply(transaction, entry) }
            },
            afterCommit: afterCommit)
    }
}
