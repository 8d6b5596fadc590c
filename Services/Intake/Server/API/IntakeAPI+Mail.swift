import Mail
import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func acceptMail(_ request: AcceptMailRequest, _ context: CallContext) async throws -> AcceptMailResponse {
        let raw = try await rawMail(request, context.caller)
        guard raw.count <= MailSize.largestBytes else {
            throw InvalidRequest("raw", "must have at most \(MailSize.largestBytes) bytes")
        }
        let envelopeFrom: String? =
            switch request.envelopeFrom {
            case "": nil
            case "<>": ""
            default: request.envelopeFrom
            }
        // Only who may do everything may vouch for what a mail says of its own authentication.
        let outcome = try await mail.accept(
            raw, envelopeFrom: envelopeFrom, recipient: request.recipient,
            isFromServer: context.caller.role == .admin)
        return AcceptMailResponse(
            ticketID: outcome.ticketID, messageID: outcome.messageID, repeated: outcome.isRepeated,
            quarantined: outcome.isQuarantined, suspendedMailID: outcome.suspendedMailID)
    }

    private func rawMail(_ request: AcceptMailRequest, _ caller: Caller) async throws -> [UInt8] {
        guard !request.uploadToken.isEmpty else {
            guard !request.raw.isEmpty else { throw InvalidRequest("raw", "must not be empty") }
            return request.raw
        }
        guard request.raw.isEmpty else { throw InvalidRequest("raw", "must not stand beside upload_token") }
        let blob = try await finishedBlob(request.uploadToken, caller)
        do {
            return try await blobs.all(blob.hash, limit: MailSize.largestBytes)
        } catch StoreError.tooLarge(let limit) {
            throw InvalidRequest("upload_token", "holds more than \(limit) bytes")
        }
    }

    func getMailContext(_ request: GetMailContextRequest, _ context: CallContext) async throws -> MailContext {
        try await store.read { reader in
            let stored = try reader.ticket(request.ticketID, for: context.caller)
            guard let mailbox = try reader.mailbox(ofTicketIn: stored.ticket.mailboxID) else {
                preconditionFailure("ticket \(stored.id) has no mailbox")
            }
            var message: Message?
            if request.messageID != 0 {
                message = try reader.message(
                    GetMessageRequest(id: request.messageID, ticketID: stored.id), for: context.caller)
            }
            let thread = try reader.threadMessages(
                of: stored, upTo: request.messageID, limit: MailThread.limit)
            let links = MailThread(
                thread, about: request.messageID, domain: MailboxAddress(mailbox.address)?.domain ?? "")
            let quoted = try thread.last { $0.id != request.messageID && !$0.isAutomatic }
                .flatMap { try reader.message($0.id, publicOnly: true) }
            return MailContext(
                ticket: stored.seen(by: context.caller), message: message?.asMailed, mailboxAddress: mailbox.address,
                mailboxName: mailbox.name,
                replyAddress: ReplyAddress(mailbox: mailbox.address, token: stored.replyToken)?.address
                    ?? mailbox.address,
                inReplyTo: links.inReplyTo, references: links.references, quoted: quoted?.asQuoted,
                participant: try reader.participant(request.participantID, of: stored.id)?.requester,
                answerable: MailThread.isAnswerable(stored, message), mailboxFromName: mailbox.fromName,
                mailboxColor: mailbox.color, mailboxFooter: mailbox.footer)
        }
    }
}

extension Message {
    /// Of what `MailContext` may hold, an answer's own HTML and text: the rest of a call's 4 MiB is for all else.
    private static let mostMailedBytes = 3 * 1024 * 1024

    /// What a mail says of a message that it carries.
    fileprivate var asMailed: Message {
        var message = self
        message.newText = ""
        if text.utf8.count + html.utf8.count > Self.mostMailedBytes { message.html = "" }
        return message
    }

    /// What a mail says of a message that it answers.
    fileprivate var asQuoted: Message {
        var message = self
        message.text = String(text.prefix(utf8Bytes: MailSize.mostQuotedBytes))
        message.newText = String(newText.prefix(utf8Bytes: MailSize.mostQuotedBytes))
        message.html = ""
        return message
    }
}
