/// What happened to a ticket, by the contract's names.
enum HistoryKind: String, Sendable, CaseIterable {
    case ticketCreated = "ticket.created"
    case ticketAssigned = "ticket.assigned"
    case ticketQueued = "ticket.queued"
    case statusChanged = "ticket.status_changed"
    case ticketChanged = "ticket.changed"
    case ticketMerged = "ticket.merged"
    case participantAdded = "participant.added"
    case participantRemoved = "participant.removed"
    case messageAdded = "message.added"
    case slaWarned = "sla.warned"
    case slaBreached = "sla.breached"
    case surveyAnswered = "survey.answered"
    case deliveryFailed = "delivery.failed"
    case deliveryBounced = "delivery.bounced"
    case deliverySuppressed = "delivery.suppressed"
}
