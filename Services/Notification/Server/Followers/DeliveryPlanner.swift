import Model
import ServiceKit
import Store

/// Which entries of other journals ask for a mail.
enum DeliveryPlanner {
    static func apply(_ entry: JournalEntry, from source: String, in transaction: Transaction) throws {
        if case .mailBounced(let bounce) = entry.body { return try apply(bounce, of: entry, in: transaction) }
        for var planned in plans(entry) {
            planned.cause = cause(source, entry.term, entry.offset)
            if planned.participantID != 0 { planned.cause += ":\(planned.participantID)" }
            planned.delivery.ticketID = entry.ticketID
            planned.traceParent = entry.traceParent
            guard let delivery = try DeliveryStore.add(planned, in: transaction) else { continue }
            try journal(delivery, cause: entry, in: transaction)
        }
    }

    static func cause(_ source: String, _ term: Int64, _ offset: Int64) -> String {
        "\(source):\(term):\(offset)"
    }

    /// The cause of the delivery that the entry before a delivery's own would have; nil where there is none.
    static func causeBefore(_ cause: String) -> String? {
        let parts = cause.split(separator: ":")
        guard parts.count == 3, let term = Int64(parts[1]), let offset = Int64(parts[2]) else { return nil }
        return self.cause(String(parts[0]), term, offset - 1)
    }

    /// What came back was not delivered if the bounce says that it failed: others tell of a delay or a success (RFC 3464, section 2.3.3), or
    /// of nothing that we can read.
    private static func apply(_ bounce: MailBounced, of entry: JournalEntry, in transaction: Transaction) throws {
        guard bounce.action == "failed",
            var delivery = try DeliveryStore.bounced(bounce, ticketID: entry.ticketID, in: transaction),
            delivery.state == .sent
        else { return }
        delivery.state = .bounced
        delivery.lastError = bounce.status.isEmpty ? "bounced" : "bounced: \(bounce.status)"
        delivery.bouncedAtMilliseconds = transaction.nowMilliseconds
        try DeliveryStore.update(delivery, in: transaction)
        try journal(delivery, code: bounce.status.isEmpty ? "bounced" : bounce.status, cause: entry, in: transaction)
    }

    /// Journals where a delivery stands.
    /// - Parameters:
    ///   - code: why; no server's words, which may hold addresses.
    ///   - traceParent: the delivery's own, where no entry is the cause.
    static func journal(
        _ delivery: Delivery, code: String = "", cause: JournalEntry?, traceParent: String = "",
        in transaction: Transaction
    ) throws {
        let changed = DeliveryChanged(
            deliveryID: delivery.id, messageID: delivery.messageID, state: delivery.state, code: code)
        try transaction.journal(
            .deliveryChanged(changed), actor: Actor(kind: .service, name: "notification"), ticketID: delivery.ticketID,
            cause: cause, traceParent: traceParent)
    }

    /// What an entry asks for: each kind once.
    static func plans(_ entry: JournalEntry) -> [PlannedDelivery] {
        switch entry.body {
        case .ticketCreated(let created): [acknowledgement(created)].compactMap(\.self)
        case .ticketChanged(let changed):
            [assignment(changed), solved(changed, at: entry.atMilliseconds)].compactMap(\.self)
        case .messageAdded(let added): replies(added, at: entry.atMilliseconds)
        case .timerWarned(let warned): [planned(.slaWarning, detail: warned.metric.name)]
        case .timerBreached(let breached): [planned(.slaBreach, detail: breached.metric.name)]
        default: []
        }
    }

    private static func solved(_ changed: TicketChanged, at milliseconds: Int64) -> PlannedDelivery? {
        let isSolved = changed.changes.contains { $0.field == "status" && $0.newValue == TicketStatus.solved.name }
        return isSolved ? planned(.solved, detail: String(milliseconds)) : nil
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

    /// One to the requester and one to each who takes part, so that none shows the address of another.
    private static func replies(_ added: MessageAdded, at milliseconds: Int64) -> [PlannedDelivery] {
        guard added.visibility == .public, added.author?.kind == .agent, !added.first else { return [] }
        return ([0] + added.participantIDs).map { participantID in
            var reply = planned(.reply, messageID: added.messageID, detail: String(milliseconds))
            reply.participantID = participantID
            return reply
        }
    }

    private static func planned(
        _ kind: DeliveryKind, messageID: Int64 = 0, userID: Int64 = 0, detail: String = ""
    ) -> PlannedDelivery {
        PlannedDelivery(
            delivery: Delivery(kind: kind, messageID: messageID), cause: "", userID: userID, detail: detail)
    }
}
