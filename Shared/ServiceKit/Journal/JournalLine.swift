import Logging
import Model
import Store

/// What the log says of one kind of journal entry, and how loudly: what an operator looks for is said at info, the rest for those who debug.
struct JournalLine: Sendable {
    let message: Logger.Message
    let level: Logger.Level

    /// Nil for kinds of which nothing is said.
    init?(kind: String) {
        guard let line = Self.lines[kind] else { return nil }
        self = line
    }

    private init(_ message: Logger.Message, _ level: Logger.Level) {
        self.message = message
        self.level = level
    }

    static let lines: [String: JournalLine] = [
        "TicketCreated": JournalLine("ticket created", .info),
        "TicketChanged": JournalLine("ticket changed", .debug),
        "MessageAdded": JournalLine("message added", .debug),
        "EscalationRequested": JournalLine("escalation requested", .info),
        "RequesterChanged": JournalLine("requester changed", .debug),
        "OrganizationChanged": JournalLine("organization changed", .debug),
        "ProposalRefused": JournalLine("proposal refused", .info),
        "MailBounced": JournalLine("mail bounced", .info),
        "AssignmentProposed": JournalLine("assignment proposed", .info),
        "AgentChanged": JournalLine("agent changed", .debug),
        "TeamChanged": JournalLine("team changed", .debug),
        "TimerChanged": JournalLine("timer changed", .debug),
        "TimerWarned": JournalLine("timer warned", .info),
        "TimerBreached": JournalLine("timer breached", .info),
        "DeliveryChanged": JournalLine("delivery changed", .info),
        "SurveyAnswered": JournalLine("survey answered", .info),
        "UserChanged": JournalLine("user changed", .info),
    ]

    /// - Parameter service: whose journal holds the row.
    func metadata(_ row: JournalRow, of service: String) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["journal.place": "\(service):\(row.term):\(row.offset)"]
        if row.ticketID != 0 { metadata["ticket.id"] = "\(row.ticketID)" }
        if let cause = row.cause { metadata["journal.cause"] = "\(cause.service):\(cause.term):\(cause.offset)" }
        for (key, value) in (try? JournalEntry(row))?.body?.facts ?? [] { metadata[key] = "\(value)" }
        return metadata
    }
}
