import Model
import Store
import Wire

/// Writes the mail of a delivery: asks Intake and the gateway for what it says and to whom it goes.
struct MailWriter: Sendable {
    /// The most that a reply's attachments may weigh together; a larger one could not be sent anyway.
    static let mostAttachmentBytes = 25 * 1024 * 1024

    let store: Store
    let intake: IntakeClient
    let gateway: GatewayClient

    /// What came of it.
    enum Outcome: Sendable {
        case write(OutgoingMail)
        /// Never to be sent; the code says why.
        case suppress(String)
    }

    func write(_ planned: PlannedDelivery) async throws -> Outcome {
        let delivery = planned.delivery
        let context = try await intake.getMailContext(
            GetMailContextRequest(
                ticketID: delivery.ticketID, messageID: delivery.messageID, participantID: planned.participantID))
        guard let ticket = context.ticket else { return .suppress("no_ticket") }
        var draft = MailDraft(planned: planned, context: context, ticket: ticket)
        switch delivery.kind {
        case .assignment: draft.user = try await user(planned.userID)
        case .slaWarning, .slaBreach:
            guard ticket.assigneeID != 0 else { return .suppress("no_assignee") }
            draft.user = try await user(ticket.assigneeID)
        case .reply:
            if let author = context.message?.author, author.kind == .agent, author.id != 0 {
                draft.author = try await user(author.id)
            }
        case .acknowledgement, .solved, .mention, .survey, .unspecified: break
        }
        if let code = try await suppression(planned, draft) { return .suppress(code) }
        let (kind, language) = (delivery.kind, draft.language)
        let template = try await store.read { reader in
            try TemplateStore.best(kind, language, mailboxID: ticket.mailboxID, in: reader)
        }
        var mail = try draft.mail(by: template)
        if delivery.kind == .reply, let message = context.message {
            mail.attachments = try await attachments(of: message)
        }
        return .write(mail)
    }

    /// Why there is to be no mail; nil when there is to be one.
    private func suppression(_ planned: PlannedDelivery, _ draft: MailDraft) async throws -> String? {
        if let code = draft.suppression { return code }
        // Nobody works on a merged ticket; what was answered on it before still goes out.
        if draft.ticket.mergedIntoID != 0, planned.delivery.kind != .reply { return "merged" }
        // Who solves a ticket by a reply, in one act, has told the requester so.
        guard planned.delivery.kind == .solved, let cause = DeliveryPlanner.causeBefore(planned.cause) else {
            return nil
        }
        let reply = try await store.read { try DeliveryStore.find(.reply, cause: cause, in: $0) }
        if let reply, reply.delivery.ticketID == draft.ticket.id, reply.detail == planned.detail {
            return "told_by_reply"
        }
        return draft.ticket.status == .solved ? nil : "not_solved"
    }

    /// Whether there is such a mailbox.
    func isMailbox(_ id: Int64) async throws -> Bool {
        try await intake.listMailboxes(ListMailboxesRequest()).mailboxes.contains { $0.id == id }
    }

    private func user(_ id: Int64) async throws -> User {
        try await gateway.getUser(GetUserRequest(id: id))
    }

    /// - Parameter message: the reply itself, which is public: nothing of another message is attached.
    private func attachments(of message: Message) async throws -> [OutgoingMail.Part] {
        var parts: [OutgoingMail.Part] = []
        var total: Int64 = 0
        for attachment in message.attachments where attachment.messageID == message.id {
            total += attachment.sizeBytes
            guard total <= Int64(Self.mostAttachmentBytes) else { break }
            let bytes = ByteCollector()
            try await intake.downloadAttachment(GetAttachmentRequest(id: attachment.id)) { chunk in
                await bytes.append(chunk.data)
            }
            parts.append(
                OutgoingMail.Part(
                    filename: attachment.filename, contentType: attachment.contentType, bytes: await bytes.bytes,
                    contentID: attachment.isInline ? attachment.contentID : ""))
        }
        return parts
    }
}

/// Gathers the chunks of a download.
private actor ByteCollector {
    private(set) var bytes: [UInt8] = []

    func append(_ chunk: [UInt8]) {
        bytes += chunk
    }
}
