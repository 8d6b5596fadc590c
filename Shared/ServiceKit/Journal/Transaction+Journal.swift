public import Model
public import Store
import Wire

extension Transaction {
    /// Appends a fact to this service's journal, in the transaction that makes it one.
    /// - Parameters:
    ///   - cause: the entry of another service that this one answers; its chain is one longer then.
    ///   - traceParent: of the call that brought the fact; where it is empty, the cause's counts.
    /// - Returns: where the entry stands.
    @discardableResult
    public func journal(
        _ body: JournalEntry.Body, actor: Actor, ticketID: Int64 = 0, version: Int64 = 0, cause: JournalEntry? = nil,
        traceParent: String = ""
    ) throws -> Place {
        let place = cause?.place
        let inherited = cause?.traceParent ?? ""
        let trace = traceParent.isEmpty ? inherited : traceParent
        let record = JournalRecord(
            kind: body.kind, actor: try actor.serialized(), ticketID: ticketID, version: version,
            cause: place.map { JournalCause(service: $0.service, term: $0.term, offset: $0.offset) },
            hops: cause.map { min($0.hops + 1, JournalEntry.limitHops) } ?? 0, traceParent: trace,
            body: try JournalEntry(body: body).serialized())
        let offset = try append(record)
        return Place(service: body.service, term: term, offset: offset)
    }
}

extension JournalEntry {
    /// The entry that a row holds. Its `body` is nil when a newer program wrote a kind that this one does not know.
    public init(_ row: JournalRow) throws {
        self = try JournalEntry(serialized: row.body)
        offset = row.offset
        term = row.term
        atMilliseconds = row.atMilliseconds
        actor = try Actor(serialized: row.actor)
        cause = row.cause.map { Place(service: $0.service, term: $0.term, offset: $0.offset) }
        hops = row.hops
        ticketID = row.ticketID
        version = row.version
        traceParent = row.traceParent
    }
}
