import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func createBlockedSender(_ request: BlockedSender, _ context: CallContext) async throws -> BlockedSender {
        let sender = BlockedSender.normalized(request.sender)
        var violations = Violations()
        violations.expect(sender != nil, "sender", "is neither an email address nor a domain")
        violations.expectName(request.reason, "reason", required: false)
        try violations.check()
        return try await store.perform(context, request) { transaction in
            let name = sender ?? ""
            if try transaction.blockedSender(name) != nil { throw RPCError.taken("sender", "is blocked already") }
            let isOurs = try transaction.mailboxes().contains { mailbox in
                mailbox.address == name
                    || MailboxAddress(mailbox.address).map { $0.domain == name || $0.domain.hasSuffix("." + name) }
                        ?? false
            }
            guard !isOurs else { throw InvalidRequest("sender", "is the desk's own") }
            let new = BlockedSender(sender: name, reason: request.reason.trimmed)
            return try transaction.insertBlockedSender(new, by: context.provenance)
        }
    }

    func listBlockedSenders(
        _ request: ListBlockedSendersRequest, _ context: CallContext
    ) async throws -> ListBlockedSendersResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "blocked_senders")
        return try await store.read { reader in
            let found = try reader.blockedSenders(after: page.afterID, limit: page.readLimit)
            let (senders, next) = page.cut(found, id: \.id)
            return ListBlockedSendersResponse(blockedSenders: senders, nextCursor: next)
        }
    }

    func deleteBlockedSender(
        _ request: DeleteBlockedSenderRequest, _ context: CallContext
    ) async throws -> BlockedSender {
        try await store.perform(context, request) { transaction in
            guard let sender = try transaction.blockedSender(request.id) else {
                throw RPCError.notFound("blocked sender \(request.id)")
            }
            try transaction.removeBlockedSender(sender.id, by: context.provenance)
            return sender
        }
    }

    func listSuspendedMails(
        _ request: ListSuspendedMailsRequest, _ context: CallContext
    ) async throws -> ListSuspendedMailsResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "suspended_mails")
        return try await store.read { reader in
            let found = try reader.suspendedMails(after: page.afterID, limit: page.readLimit)
            let (mails, next) = page.cut(found, id: \.id)
            return ListSuspendedMailsResponse(mails: mails, nextCursor: next)
        }
    }

    func downloadSuspendedMail(
        _ request: DownloadSuspendedMailRequest, _ context: CallContext, _ responses: ResponseStream<Chunk>
    ) async throws {
        let hash = try await store.read { reader in
            guard let hash = try reader.suspendedMailSource(request.id) else {
                throw RPCError.notFound("suspended mail \(request.id)")
            }
            return hash
        }
        try await send(hash, to: responses)
    }
}

extension BlockedSender {
    /// An address, or a domain with or without an `@` before it, as senders are compared; nil for what is neither.
    fileprivate static func normalized(_ text: String) -> String? {
        let text = text.trimmed.lowercased()
        if let address = EmailAddress.normalized(text) { return address }
        let domain = text.hasPrefix("@") ? String(text.dropFirst()) : text
        // A top-level domain alone would block half the world.
        guard domain.contains("."), EmailAddress.normalized("x@" + domain) != nil else { return nil }
        return domain
    }
}
