import Model

/// A ticket as its page shows it, with what the agent has begun there.
struct TicketPage: Sendable {
    var ticket: Ticket
    var messages: [Message] = []
    var hasMoreMessages = false
    var events: [HistoryEvent] = []
    /// Who gets copies of replies.
    var participants: [Participant] = []
    /// Nil while the SLA timer is away.
    var timers: [TicketTimer]?
    var teams: [Team] = []
    var users: [User] = []
    var names: [Int64: String] = [:]

    /// The unsent reply.
    var draft = Draft()
    /// Properties changed but not saved, by field.
    var edits: [String: String] = [:]
    /// An address that was to take part and was refused.
    var participant = ""
    /// The number of a ticket to merge into that names none.
    var into = ""
    /// What is wrong with these, by field.
    var faults: [String: String] = [:]
    var notice = ""
    /// "warn", "bad" or "good".
    var noticeKind = ""

    struct Draft: Sendable {
        var body = ""
        var isPublic = true
        var nextStatus = ""
        var attachments: [Attachment] = []
    }
}

extension TicketPage {
    /// The editable fields and their values, as the form carries them.
    var values: [(field: String, value: String)] {
        [
            ("status", ticket.status.name), ("priority", ticket.priority.name), ("type", ticket.type.name),
            ("team_id", String(ticket.teamID)), ("assignee_id", String(ticket.assigneeID)),
            ("subject", ticket.subject), ("tags", ticket.tags.joined(separator: ", ")),
        ]
    }

    var isClosed: Bool { ticket.status == .closed }
}
