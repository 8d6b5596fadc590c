/// One committed entry of the journal.
public struct JournalRow: Sendable, Hashable {
    /// Gapless, from 1.
    public let offset: Int64
    /// The life of the store in which it was appended.
    public let term: Int64
    /// Milliseconds since the epoch; never earlier than the entry before.
    public let atMilliseconds: Int64
    public let record: JournalRecord

    public var kind: String { record.kind }
    public var actor: [UInt8] { record.actor }
    public var cause: JournalCause? { record.cause }
    public var hops: Int32 { record.hops }
    public var ticketID: Int64 { record.ticketID }
    public var version: Int64 { record.version }
    public var traceParent: String { record.traceParent }
    public var body: [UInt8] { record.body }
}

/// Where a journal stands: the newest committed entry's offset (0 for none) in the store's present term.
public struct JournalPosition: Sendable, Hashable {
    public let term: Int64
    public let offset: Int64

    public init(term: Int64, offset: Int64) {
        self.term = term
        self.offset = offset
    }
}

/// How far this store has applied another service's journal.
public struct Cursor: Sendable, Hashable {
    public let source: String
    public let term: Int64
    public let offset: Int64

    public init(source: String, term: Int64, offset: Int64) {
        self.source = source
        self.term = term
        self.offset = offset
    }
}
