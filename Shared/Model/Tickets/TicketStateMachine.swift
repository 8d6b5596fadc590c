/// Which status follows which.
public enum TicketStateMachine {
    /// What a requester's reply does.
    public enum ReplyOutcome: Sendable, Hashable {
        /// The reply joins the ticket, whose status becomes this one (which may be the one it has).
        case joins(TicketStatus)
        /// The ticket is closed for good: the reply opens a new ticket, linked to it.
        case opensLinkedTicket
    }

    /// Whether a person may move a ticket from `old` to `new`. Nothing leaves `closed`; nothing goes back to `new`.
    public static func allows(_ old: TicketStatus, to new: TicketStatus) -> Bool {
        guard new != .unspecified, old != .unspecified else { return false }
        if old == new { return old != .closed }
        return old != .closed && new != .new
    }

    /// The refusal of a change that is not allowed, as a violation of `field`; nil when it is allowed.
    public static func violation(_ old: TicketStatus, to new: TicketStatus, field: String = "status") -> Violation? {
        if allows(old, to: new) { return nil }
        let message =
            old == .closed
            ? "a closed ticket stays closed" : "cannot change from \(old.name) to \(new.name)"
        return Violation(field: field, message: message)
    }

    /// A requester's reply reopens `pending`, `on_hold` and `solved`; after `closed` it opens a new, linked ticket.
    public static func afterRequesterReply(_ status: TicketStatus) -> ReplyOutcome {
        switch status {
        case .pending, .onHold, .solved: .joins(.open)
        case .new, .open, .unspecified: .joins(status)
        case .closed: .opensLinkedTicket
        }
    }

    /// The status after an agent's message, where the agent named none: the first public reply makes a new ticket open.
    public static func afterAgentMessage(_ status: TicketStatus, _ visibility: Visibility) -> TicketStatus {
        status == .new && visibility == .public ? .open : status
    }

    /// The status after an assignment by routing or a person: whoever has an assignee is no longer new.
    public static func afterAssignment(_ status: TicketStatus, assigneeID: Int64) -> TicketStatus {
        status == .new && assigneeID != 0 ? .open : status
    }
}

extension TicketStatus {
    /// Whether the ticket counts as work: neither solved nor closed.
    public var isLive: Bool {
        switch self {
        case .new, .open, .pending, .onHold: true
        case .solved, .closed, .unspecified: false
        }
    }

    /// Whether the resolution timer stands still.
    public var pausesResolution: Bool { self == .pending || self == .onHold }
}
