import Model
import ServiceKit
import Store

/// Which entries of other journals ask for a mail.
enum DeliveryPlanner {
    static func apply(_ entry: JournalEntry, from source: String, in transaction: Transaction) throws {
        if case .mailBounced(let bounce) = entry.body { return try apply(bounce, of: entry, in: transaction) }
        if case .messageAdded(let added) = entry.body { try lift(by: added, in: transaction) }
        for var planned in plans(entry) {
            planned.cause = cause(source, entry.term, entry.offset) + planned.cause
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
    /// of nothing that we can read. A bounce may be here before the sending has ended, or where its end was not heard and it is to be tried
    /// again: it came back, so it was taken. One without the delivery's own secret may be anybody's who takes part in the ticket, so it keeps
    /// no mail from going out, this one or a later one.
    private static func apply(_ bounce: MailBounced, of entry: JournalEntry, in transaction: Transaction) throws {
        guard bounce.action == "failed",
            let delivery = try DeliveryStore.bounced(bounce, ticketID: entry.ticketID, in: transaction)
        else { return }
        let code = bounce.status.isEmpty ? Settlement.unknownBounce : bounce.status
        let isProved = !bounce.deliveryTag.isEmpty
        switch delivery.state {
        case .sent:
            try Settlement.bounced(delivery, code: code, isProved: isProved, cause: entry, in: transaction)
        case .deferred where isProved: try Settlement.bounced(delivery, code: code, cause: entry, in: transaction)
        case .sending where isProved: try DeliveryStore.keep(earlyBounce: code, of: delivery.id, in: transaction)
        case .deferred, .sending: return
        case .queued, .failed, .suppressed, .bounced, .waiting, .unspecified: return
        }
    }

    /// Whoever mails has an address that exists. Not what a program sent: some of it is sent in others' names.
    private static func lift(by added: MessageAdded, in transaction: Transaction) throws {
        guard let author = added.author, author.kind == .requester, added.channel == .email, !added.automatic else {
            return
        }
        try SuppressionStore.lift(requesterID: author.id, in: transaction)
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
            deliveryID: delivery.id, messageID: delivery.messageID, state: delivery.state, code: code,
            kind: delivery.kind.name)
        try transaction.journal(
            .deliveryChanged(changed), actor: Actor(kind: .service, name: "notification"), ticketID: delivery.ticketID,
            cause: cause, traceParent: traceParent)
    }

    /// What an entry asks for: each kind once, but a mention for each agent; what its `cause` holds tells them apart.
    static func plans(_ entry: JournalEntry) -> [PlannedDelivery] {
        switch entry.body {
        case .ticketCreated(let created): [acknowledgement(created)].compactMap(\.self)
        case .ticketChanged(let changed):
            [
                assignment(changed), solved(changed, at: entry.atMilliseconds),
                survey(changed, at: entry.atMilliseconds),
            ].compactMap(\.self)
        case .messageAdded(let added): replies(added, at: entry.atMilliseconds) + mentions(added)
        case .timerWarned(let warned): [planned(.slaWarning, detail: warned.metric.name)]
        case .timerBreached(let breached): [planned(.slaBreach, detail: breached.metric.name)]
        default: []
        }
    }

    private static func solved(_ changed: TicketChanged, at milliseconds: Int64) -> PlannedDelivery? {
        let isSolved = changed.changes.contains { $0.field == "status" && $0.newValue == TicketStatus.solved.name }
        return isSolved ? planned(.solved, detail: String(milliseconds)) : nil
    }

    private static func survey(_ changed: TicketChanged, at milliseconds: Int64) -> PlannedDelivery? {
        guard changed.surveyAfterMilliseconds > 0 else { return nil }
        var planned = planned(.survey, detail: String(milliseconds))
        planned.delivery.nextAttemptAtMilliseconds = milliseconds + changed.surveyAfterMilliseconds
        return planned
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
            if participantID != 0 { reply.cause = ":\(participantID)" }
            return reply
        }
    }

    /// Of an internal note alone: a public message is for the requester, and names whom it likes.
    private static func mentions(_ added: MessageAdded) -> [PlannedDelivery] {
        guard added.visibility == .internal else { return [] }
        let author = added.author?.kind == .agent ? added.author?.id : nil
        return added.mentionedIDs.filter { $0 != author && $0 > 0 }.map { id in
            var planned = planned(.mention, messageID: added.messageID, userID: id)
            planned.cause = ":\(id)"
            return planned
        }
    }

    private static func planned(
        _ kind: DeliveryKind, messageID: Int64 = 0, userID: Int64 = 0, detail: String = ""
    ) -> PlannedDelivery {
        PlannedDelivery(
            delivery: Delivery(kind: kind, messageID: messageID), cause: "", userID: userID, detail: detail)
    }
}
