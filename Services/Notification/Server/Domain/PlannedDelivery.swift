import Model

/// A delivery as notification keeps it: what the wire tells of it, and what it needs to make it.
struct PlannedDelivery: Sendable, Hashable {
    var delivery: Delivery
    /// The journal entry that asked for it, as "service:term:offset"; of a mention and of a copy with ":ID" behind it, of the
    /// agent or of the requester, for one message may ask for several.
    var cause: String
    /// The agent it goes to; 0 when it goes to the requester.
    var userID: Int64
    /// The requester whom a copy of a reply goes to, who takes part in the ticket; 0 for none.
    var participantID: Int64 = 0
    /// The metric of an SLA alert; the instant of a reply and of a solution, in milliseconds, which tells whether they were one act.
    var detail: String
    /// The trace of the entry that asked for it (W3C `traceparent`), which the mail carries on; empty for none.
    var traceParent = ""
    /// What tells a bounce of it from a bounce of another; empty until it is entered, and in one that an earlier version entered.
    var bounceTag = ""
}
