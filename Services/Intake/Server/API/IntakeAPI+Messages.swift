import Mail
import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func addMessage(_ request: AddMessageRequest, _ context: CallContext) async throws -> AddMessageResponse {
        let caller = context.caller
        try request.validate(caller)
        let stemmer = Stemmer()
        let channel = request.channel == .unspecified ? TicketChannel.api : request.channel
        var draft = NewMessage(
            text: request.body, html: request.htmlBody,
            visibility: request.visibility == .unspecified ? .public : request.visibility, channel: channel,
            stemmer: stemmer)
        draft.author = caller.actor
        draft.attachmentIDs = request.attachmentIDs
        draft.mentionedIDs = request.mentionedIDs
        let new = draft
        return try await store.perform(context, request) { transaction in
            let named = try transaction.ticket(request.ticketID, for: caller)
            // What a requester still writes for a merged ticket lands where its matter is; others are told where that is.
            if caller.role != .requester { try transaction.checkUnmerged(named) }
            let stored = try transaction.current(named)
            if let seen = request.seenMessageCount, stored.id == named.id, stored.seen(by: caller).messageCount > seen {
                throw try RPCError.stale(stored, "someone wrote since", for: caller)
            }
            try transaction.checkUnbound(request.attachmentIDs, of: caller)
            if caller.role != .requester, new.visibility == .public {
                try transaction.checkMailable(request.attachmentIDs)
            }
            let recorded = try transaction.add(
                new, to: stored, named: named, asked: request.status, caller, context.provenance)
            let message = try transaction.message(recorded.messageID, publicOnly: false)
            let shown = caller.maySee(recorded.ticket) ? recorded.ticket : named
            return AddMessageResponse(message: message, ticket: shown.seen(by: caller), place: recorded.place)
        }
    }

    func getMessage(_ request: GetMessageRequest, _ context: CallContext) async throws -> Message {
        let (message, hash) = try await store.read { reader in
            let message = try reader.message(request, for: context.caller)
            return (message, request.remoteImages ? try reader.messageSource(message.id)?.hash : nil)
        }
        guard let hash, message.hasRemoteImages, context.caller.seesInternalMessages else { return message }
        return try await withRemoteImages(message, sourceHash: hash)
    }

    /// The message with all images of its HTML, read anew from its raw mail.
    private func withRemoteImages(_ message: Message, sourceHash: String) async throws -> Message {
        let source = try await blobs.all(sourceHash, limit: MailSize.largestBytes)
        // A hostile mail may take a second to read.
        return await withTaskExecutorPreference(globalConcurrentExecutor) {
            var message = message
            message.html = MailParser.parse(source, images: .all).html
            return message
        }
    }

    func listMessages(_ request: ListMessagesRequest, _ context: CallContext) async throws -> ListMessagesResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "messages")
        return try await store.read { reader in
            _ = try reader.ticket(request.ticketID, for: context.caller)
            let found = try reader.messages(
                ticketID: request.ticketID, for: context.limitingRequesterID, after: page.afterID,
                limit: page.readLimit)
            let (messages, next) = page.cut(found, id: \.id, sizeBytes: \.sizeBytes)
            return ListMessagesResponse(messages: messages, nextCursor: next)
        }
    }
}

extension AddMessageRequest {
    fileprivate func validate(_ caller: Caller) throws {
        var violations = Violations()
        violations.expectID(ticketID, "ticket_id")
        violations.expectBody(text: body, html: htmlBody, attachments: attachmentIDs)
        if caller.role == .requester {
            violations.expect(visibility != .internal, "visibility", "is public for a requester")
            violations.expect(status == .unspecified, "status", "is not a requester's to set")
        } else {
            violations.expect(visibility != .unspecified, "visibility", "must be public or internal")
            if caller.role == .service {
                violations.expect(status == .unspecified, "status", "is for people to set")
            }
        }
        violations.expect(
            mentionedIDs.isEmpty || visibility == .internal, "mentioned_ids", "are for internal notes alone")
        violations.expect(
            mentionedIDs.count <= RequestLimits.mentions && Set(mentionedIDs).count == mentionedIDs.count
                && mentionedIDs.allSatisfy { $0 > 0 && $0 < 1 << 53 }, "mentioned_ids",
            "must be at most \(RequestLimits.mentions) ids, each once")
        if let seenMessageCount {
            violations.expect(seenMessageCount >= 0, "seen_message_count", "must not be negative")
        }
        try violations.check()
    }
}

extension Reader {
    /// The message, if the caller may know of it and it stands on the ticket that the request names (0 for any).
    func message(_ request: GetMessageRequest, for caller: Caller) throws -> Message {
        guard let message = try message(request.id, publicOnly: !caller.seesInternalMessages),
            try request.ticketID == 0 || isShown(message.ticketID, on: request.ticketID),
            let ticket = try ticket(message.ticketID),
            caller.maySee(ticket)
        else { throw RPCError.notFound("message \(request.id)") }
        return message
    }
}

extension Transaction {
    /// What staff answer is mailed, and a mail carries no more.
    fileprivate func checkMailable(_ attachmentIDs: [Int64]) throws {
        let bytes = try attachmentIDs.reduce(0) { try $0 + (attachment($1)?.attachment.sizeBytes ?? 0) }
        guard bytes <= MailSize.mostAttachmentBytes else {
            throw InvalidRequest(
                "attachment_ids",
                "must have at most \(MailSize.mostAttachmentBytes) bytes together in a reply, which is mailed")
        }
    }

    /// A reply or a note. A requester's reply to a closed ticket opens a new one, linked to it.
    /// - Parameter named: the ticket that the request names, which may be merged into `stored`. Where its requester may not see that one,
    ///   a new ticket goes on from this: nothing of another's matter shows in it.
    fileprivate func add(
        _ new: NewMessage, to stored: StoredTicket, named: StoredTicket, asked: TicketStatus, _ caller: Caller,
        _ provenance: Provenance
    ) throws -> Recorded {
        let current = stored.ticket.status
        guard caller.role == .requester else {
            guard current != .closed else { throw RPCError.ticketClosed(stored.id) }
            let status =
                asked == .unspecified ? TicketStateMachine.afterAgentMessage(current, new.visibility) : asked
            if let violation = TicketStateMachine.violation(current, to: status) { throw InvalidRequest([violation]) }
            return try addMessage(new, to: stored, status: status, by: provenance)
        }
        switch TicketStateMachine.afterRequesterReply(current) {
        case .joins(let status): return try addMessage(new, to: stored, status: status, by: provenance)
        case .opensLinkedTicket:
            guard let requester = try requester(caller.requesterID) else {
                preconditionFailure("requester \(caller.requesterID) wrote and is missing")
            }
            let closed = caller.maySee(stored) ? stored : named
            return try openTicket(
                NewTicket(continuing: closed, with: new, from: requester), requester: requester, by: provenance)
        }
    }
}

extension NewTicket {
    /// A ticket that goes on where a closed one ended.
    init(continuing closed: StoredTicket, with message: NewMessage, from requester: Requester) {
        self.init(
            subject: closed.ticket.subject, priority: closed.ticket.priority, type: closed.ticket.type,
            channel: message.channel, tags: closed.ticket.tags, teamID: closed.ticket.teamID,
            language: closed.ticket.language, mailboxID: closed.ticket.mailboxID, followsTicketID: closed.id,
            participants: [requester.email], replyToken: RandomToken.make(),
            searchSubject: Stemmer().indexed(closed.ticket.subject, limitBytes: SearchLimits.headerBytes),
            message: message)
    }
}
