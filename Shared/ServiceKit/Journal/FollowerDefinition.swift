public import Model
public import Store

/// What a service does with another's journal.
public struct FollowerDefinition: Sendable {
    /// Whose journal, as "intake".
    public var source: String
    /// Applies one entry. A batch of entries and the follower's place are committed in one transaction, so each entry takes effect
    /// exactly once. What it throws undoes the batch, which is tried again; it never sees entries of unknown kinds.
    public var apply: @Sendable (Transaction, JournalEntry) throws -> Void
    /// Called after each batch that was committed, as to wake a worker.
    public var afterCommit: @Sendable () async -> Void

    public init(
        source: String, apply: @escaping @Sendable (Transaction, JournalEntry) throws -> Void,
        afterCommit: @escaping @Sendable () async -> Void = {}
    ) {
        self.source = source
        self.apply = apply
        self.afterCommit = afterCommit
    }
}
