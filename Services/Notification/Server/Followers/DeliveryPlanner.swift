import Model
import ServiceKit
import Store

/// Which entries of other journals ask for a mail.
enum DeliveryPlanner {
    static func apply(_ entry: JournalEntry, from source: String, in transaction: Transaction) throws {
        guard var planned = plan(entry) else { return }
        planned.cause = "\(source):\(entry.term):\(entry.offset)"
        planned.delivery.ticketID = entry.ticketID
        planned.traceParent = entry.traceParent
        guard let delivery = try DeliveryStore.add(planned, in: transaction) else { return }
        try journal(delivery, cause: entry, in: transaction)
    }

    /// Journals where a delivery stands.
    /// - Parameter traceParent: the delivery's own, where no entry is the cause.
    static func journal(
        _ delivery: Delivery, cause: JournalEntry?, traceParent: String = "", in transaction: Transaction
    ) throws {
        let changed = DeliveryChanged(
            deliveryID: delivery.id, messageID: delivery.messageID, state: delivery.state, code: delivery.lastError)
        try transaction.journal(
            .deliveryChanged(changed), actor: Actor(kind: .service, name: "notification"), ticketID: delivery.ticketID,
            cause: cause, traceParent: traceParent)
    }

    /// What an entry asks for; nil for nothing.
    static func plan(_ entry: JournalEntry) -> PlannedDelivery? {
        switch entry.body {
        case .ticketCreated(let created): acknowledgement(created)
        case .ticketChanged(let changed): assignment(changed)
        case .messageAdded(let added): reply(added)
        case .timerWarned(let warned): planned(.slaWarning, detail: warned.metric.name)
        case .timerBreached(let breached): planned(.slaBreach, detail: breached.metric.name)
        default: nil
        }
    }

    private static func acknowledgement(_ created: TicketCreated) -> PlannedDelivery? {
        // Never to a machine (RFC 3834), and not to somebody on the phone.
        guard !created.automatic, !created.quarantined, created.channel != .phone else { return nil }
        return planned(.acknowledgement)
    }

    private static func assignment(_ changed: TicketChanged) -> PlannedDelivery? {
        guard let change = changed.changes.first(where: { $0.field == "assignee_id" }),
            let userID = Int64(change.newValue), userID != 0
        else { return nil }
        return planned(.assignment, userID: userID)
    }

    private static func reply(_ added: MessageAdded) -> PlannedDelivery? {
        guard added.visibility == .public, added.author?.kind == .agent, !added.first else { return nil }
        return planned(.reply, messageID: added.messageID)
    }

    private static func planned(
        _ kind: DeliveryKind, messageID: Int64 = 0, userID: Int64 = 0, detail: String = ""
    ) -> PlannedDelivery {
        PlannedDelivery(
            delivery: Delivery(kind: kind, messageID: messageID), cause: "", userID: userID, detail: detail)
    }
}
