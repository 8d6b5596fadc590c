import Mail
import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func createTicket(_ request: CreateTicketRequest, _ context: CallContext) async throws -> TicketReply {
        let caller = context.caller
        try request.validate(caller)
        var draft = NewTicket(request)
        let attachmentIDs = request.attachmentIDs
        let asked = request.requester ?? RequesterReference()
        draft.message.attachmentIDs = attachmentIDs
        let new = draft
        return try await store.perform(
            context, request, ahead: { try $0.lookAhead(for: asked, caller: caller) }
        ) { transaction in
            let provenance = context.provenance
            let requester = try transaction.requester(for: asked, caller: caller, by: provenance)
            try transaction.checkUnbound(attachmentIDs, of: caller)
            var new = new
            new.message.author = Actor(kind: .requester, id: requester.id)
            new.participants = [requester.email]
            new.mailboxID = try transaction.defaultMailboxID()
            if new.language.isEmpty { new.language = requester.language }
            let recorded = try transaction.openTicket(new, requester: requester, by: provenance)
            return TicketReply(ticket: recorded.ticket.seen(by: caller), place: recorded.place)
        }
    }
}

extension CreateTicketRequest {
    fileprivate func validate(_ caller: Caller) throws {
        var violations = Violations()
        violations.expectSubject(subject)
        violations.expectBody(text: body, html: htmlBody, attachments: attachmentIDs)
        violations.expectTags(Tags.normalized(tags))
        violations.expectCustomFields(customFields)
        violations.expectID(teamID, "team_id")
        violations.expectID(assigneeID, "assignee_id")
        if tier != 0 { violations.expectTier(tier) }
        violations.expectName(requester?.name ?? "", "requester.name", required: false)
        if caller.role == .requester {
            violations.expect(teamID == 0, "team_id", "is not a requester's to set")
            violations.expect(assigneeID == 0, "assignee_id", "is not a requester's to set")
            violations.expect(tier == 0, "tier", "is not a requester's to set")
        } else if requester?.id ?? 0 == 0 {
            let email = requester?.email ?? ""
            violations.expect(!email.isEmpty, "requester.email", "is required")
            violations.expect(
                email.isEmpty || EmailAddress.normalized(email) != nil, "requester.email", "is not an email address")
        } else {
            violations.expectID(requester?.id ?? 0, "requester.id")
        }
        try violations.check()
    }
}

extension NewTicket {
    /// All of it but what the store knows: requester, mailbox, attachments.
    fileprivate init(_ request: CreateTicketRequest) {
        let stemmer = Stemmer()
        let subject = request.subject.trimmed
        let channel = request.channel == .unspecified ? TicketChannel.api : request.channel
        let message = NewMessage(text: request.body, html: request.htmlBody, channel: channel, stemmer: stemmer)
        self.init(
            subject: subject, priority: request.priority == .unspecified ? .normal : request.priority,
            type: request.type == .unspecified ? .question : request.type, channel: channel,
            tags: Tags.normalized(request.tags), customFields: request.customFields, teamID: request.teamID,
            assigneeID: request.assigneeID, tier: max(1, request.tier),
            language: LanguageGuess.language(of: subject + " " + message.text), replyToken: RandomToken.make(),
            searchSubject: stemmer.indexed(subject, limitBytes: SearchLimits.headerBytes), message: message)
    }
}

extension Reader {
    /// What ``requester(for:caller:by:)`` looks up.
    fileprivate func lookAhead(for asked: RequesterReference, caller: Caller) throws {
        let id = caller.role == .requester ? caller.requesterID : asked.id
        if id != 0 {
            _ = try requester(id)
        } else if let email = EmailAddress.normalized(asked.email) {
            try lookAhead(requester: email)
        }
    }
}

extension Transaction {
    /// Whom the ticket is for. A requester asks for themselves, whatever the request says.
    fileprivate func requester(
        for asked: RequesterReference, caller: Caller, by provenance: Provenance
    ) throws -> Requester {
        let id = caller.role == .requester ? caller.requesterID : asked.id
        if id != 0 {
            guard let known = try requester(id) else {
                throw InvalidRequest("requester.id", "names no requester")
            }
            return known
        }
        guard let email = EmailAddress.normalized(asked.email) else {
            throw InvalidRequest("requester.email", "is not an email address")
        }
        return try ensureRequester(email: email, name: asked.name.trimmed, by: provenance)
    }

    /// Attachments are the caller's own and not yet used.
    func checkUnbound(_ ids: [Int64], of caller: Caller) throws {
        for id in ids {
            let known = try attachment(id)
            guard let known, known.attachment.messageID == 0, known.owner == caller.identity else {
                throw InvalidRequest("attachment_ids", "\(id) is no unused attachment of yours")
            }
        }
    }

    func defaultMailboxID() throws -> Int64 {
        guard let mailbox = try defaultMailbox() else { preconditionFailure("the store has no default mailbox") }
        return mailbox.id
    }
}

extension NewMessage {
    /// A message that a person wrote: HTML sanitized, and text made from it where there is none.
    init(text: String, html: String, visibility: Visibility = .public, channel: TicketChannel, stemmer: Stemmer) {
        let unix = text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
        self.init(visibility: visibility, channel: channel)
        self.html = html.isEmpty ? "" : HTMLSanitizer.sanitized(html)
        self.text = unix.isBlank && !html.isEmpty ? HTMLText.plain(html) : unix
        newText = NewText.of(self.text)
        searchText = stemmer.indexed(self.text, limitBytes: SearchLimits.bodyBytes)
    }
}
