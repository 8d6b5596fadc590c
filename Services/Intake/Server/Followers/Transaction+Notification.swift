import Model
import ServiceKit
import Store

extension Transaction {
    /// Applies an entry of notification's journal: a reply that did not reach its requester, and what a requester answered to a survey, stand in
    /// the ticket's history.
    func applyNotification(_ entry: JournalEntry) throws {
        switch entry.body {
        case .deliveryChanged(let changed): try apply(changed, of: entry)
        case .surveyAnswered(let answered): try apply(answered, of: entry)
        default: return
        }
    }

    private func apply(_ changed: DeliveryChanged, of entry: JournalEntry) throws {
        guard changed.kind == DeliveryKind.reply.name else { return }
        let kind: HistoryKind
        switch changed.state {
        case .failed: kind = .deliveryFailed
        case .bounced: kind = .deliveryBounced
        case .suppressed: kind = .deliverySuppressed
        case .queued, .sending, .sent, .deferred, .waiting, .unspecified: return
        }
        guard try ticket(entry.ticketID) != nil else { return }
        try insertHistory(
            kind, ticketID: entry.ticketID, actor: Actor(kind: .service, name: "notification"),
            [
                (name: "message_id", value: String(changed.messageID)),
                (name: "delivery_id", value: String(changed.deliveryID)), (name: "code", value: changed.code),
            ])
    }

    private func apply(_ answered: SurveyAnswered, of entry: JournalEntry) throws {
        guard try ticket(entry.ticketID) != nil else { return }
        try setSatisfaction(answered.satisfaction, ticketID: entry.ticketID)
        try insertHistory(
            .surveyAnswered, ticketID: entry.ticketID, actor: entry.actor ?? Actor(kind: .system),
            [
                (name: "satisfaction", value: answered.satisfaction.name),
                (name: "agent_id", value: String(answered.agentID)),
            ])
    }
}
