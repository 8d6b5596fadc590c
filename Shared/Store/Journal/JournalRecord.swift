/// What a service says when it appends a fact to its journal. The store gives it its offset, term and instant.
public struct JournalRecord: Sendable, Hashable {
    /// The body's kind, as "ticket_created".
    public var kind: String
    /// Who acted, encoded.
    public var actor: [UInt8]
    /// The entry of another journal that this one answers.
    public var cause: JournalCause?
    /// How many causes precede it.
    public var hops: Int32
    /// 0 for none.
    public var ticketID: Int64
    /// The ticket's version after the change; 0 for none.
    public var version: Int64
    /// W3C `traceparent`; empty for none.
    public var traceParent: String
    /// The typed body, encoded.
    public var body: [UInt8]

    public init(
        kind: String, actor: [UInt8] = [], ticketID: Int64 = 0, version: Int64 = 0, cause: JournalCause? = nil,
        hops: Int32 = 0, traceParent: String = "", body: [UInt8] = []
    ) {
        self.kind = kind
        self.actor = actor
        self.cause = cause
        self.hops = hops
        self.ticketID = ticketID
        self.version = version
        self.traceParent = traceParent
        self.body = body
    }
}

/// A place in another service's journal.
public struct JournalCause: Sendable, Hashable {
    public var service: String
    public var term: Int64
    public var offset: Int64

    public init(service: String, term: Int64, offset: Int64) {
        self.service = service
        self.term = term
        self.offset = offset
    }
}
