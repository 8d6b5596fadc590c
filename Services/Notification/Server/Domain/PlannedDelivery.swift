import Model

/// A delivery as notification keeps it: what the wire tells of it, and what it needs to make it.
struct PlannedDelivery: Sendable, Hashable {
    var delivery: Delivery
    /// The journal entry that asked for it, as "service:offset".
    var cause: String
    /// The agent it goes to; 0 when it goes to the requester.
    var userID: Int64
    /// What the mail says besides: the metric of an SLA alert.
    var detail: String
    /// The trace of the entry that asked for it (W3C `traceparent`), which the mail carries on; empty for none.
    var traceParent = ""
}
