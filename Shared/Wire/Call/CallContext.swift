public import Model

/// What a handler knows of the call it serves.
public struct CallContext: Sendable {
    /// Full method name, as "firstline.v1.Intake/CreateTicket".
    public var method: String
    /// Who calls, authenticated.
    public var caller: Caller
    public var metadata: Metadata
    /// When the caller stops waiting; nil for never. The handler's task is cancelled then.
    public var deadline: ContinuousClock.Instant?

    public init(
        method: String, caller: Caller, metadata: Metadata = Metadata(), deadline: ContinuousClock.Instant? = nil
    ) {
        self.method = method
        self.caller = caller
        self.metadata = metadata
        self.deadline = deadline
    }

    public var idempotencyKey: String? { metadata[Metadata.idempotencyKey] }
    public var traceParent: String? { metadata[Metadata.traceParentKey] }
}
