import Model
import Store
import Wire

/// Writes the mail of a delivery: asks Intake and the gateway for what it says and to whom it goes.
struct MailWriter: Sendable {
    let store: Store
    let intake: IntakeClient
    let gateway: GatewayClient
    /// Where requesters reach the gateway's pages; nil for nowhere.
    var publicURL: String?

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
        case .reply: draft.author = try await author(of: context)
        case .mention:
            draft.user = try await user(planned.userID)
            draft.author = try await author(of: context)
        case .acknowledgement, .solved, .survey, .unspecified: break
        }
        if let code = try await suppression(planned, draft) { return .suppress(code) }
        if delivery.kind == .survey {
            guard let url = try await surveyURL(draft) else { return .suppress("already_asked") }
            draft.surveyURL = url
        }
        let (kind, language) = (delivery.kind, draft.language)
        let template = try await store.read { reader in
            try TemplateStore.best(kind, language, mailboxID: ticket.mailboxID, in: reader)
        }
        var mail = try draft.mail(by: template)
        mail.attachments = try await parts(draft.files.carried)
        return .write(mail)
    }

    /// Why there is to be no mail; nil when there is to be one.
    private func suppression(_ planned: PlannedDelivery, _ draft: MailDraft) async throws -> String? {
        if let code = draft.suppression { return code }
        // Nobody works on a merged ticket; what was answered on it before still goes out.
        if draft.ticket.mergedIntoID != 0, planned.delivery.kind != .reply { return "merged" }
        if planned.delivery.kind == .survey, publicURL == nil { return "no_public_url" }
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

    /// Where the survey is answered; nil where the ticket's requester was asked before. The token is made here, once.
    private func surveyURL(_ draft: MailDraft) async throws -> String? {
        let survey = StoredSurvey(
            id: draft.planned.delivery.id, token: RandomToken.make(), ticketID: draft.ticket.id,
            requesterID: draft.ticket.requester?.id ?? 0, agentID: draft.ticket.assigneeID,
            language: draft.language.rawValue, deskName: draft.context.mailboxName)
        let asked = try await store.write("survey.ask") { transaction -> StoredSurvey? in
            guard try !SurveyStore.isAsked(ticketID: survey.ticketID, besides: survey.id, in: transaction) else {
                return nil
            }
            return try SurveyStore.ask(survey, in: transaction)
        }
        return asked.map { "\(publicURL ?? "")/survey/\($0.token)" }
    }

    /// Whether there is such a mailbox.
    func isMailbox(_ id: Int64) async throws -> Bool {
        try await intake.listMailboxes(ListMailboxesRequest()).mailboxes.contains { $0.id == id }
    }

    private func author(of context: MailContext) async throws -> User? {
        guard let author = context.message?.author, author.kind == .agent, author.id != 0 else { return nil }
        return try await user(author.id)
    }

    private func user(_ id: Int64) async throws -> User {
        try await gateway.getUser(GetUserRequest(id: id))
    }

    private func parts(_ attachments: [Attachment]) async throws -> [OutgoingMail.Part] {
        var parts: [OutgoingMail.Part] = []
        for attachment in attachments {
            let bytes = ByteCollector()
            try await intake.downloadAttachment(GetAttachmentRequest(id: attachment.id)) { chunk in
                await bytes.append(chunk.data)
            }
            parts.append(
                OutgoingMail.Part(
                    filename: attachment.filename, contentType: attachment.contentType, bytes: await bytes.bytes,
                    contentID: attachment.isInline && HeaderIdentifier.isWritable(attachment.contentID)
                        ? attachment.contentID : ""))
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
