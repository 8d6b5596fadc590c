import HTTPTypes
import Model
import Wire

/// Whose mail is kept apart, and what was kept.
extension Console {
    func blockedSenders(_ visit: ConsoleVisit) async throws -> Answer {
        // A ticket's link fills the form in; nothing is blocked before it is sent.
        try await blockedSenders(
            visit, sender: visit.query("sender"), reason: visit.query("reason"), refusal: nil)
    }

    func block(_ visit: ConsoleVisit, _ form: Form) async throws -> Answer {
        let sender = BlockedSender(sender: form["sender"], reason: form["reason"])
        do {
            _ = try await desk.peers.intake.createBlockedSender(sender, visit.options(key: form["key"]))
        } catch let error as RPCError where Self.isRefusal(error) {
            return try await blockedSenders(visit, sender: sender.sender, reason: sender.reason, refusal: error)
        }
        return .redirect("\(SettingsPage.blocked.path)?done=added")
    }

    func unblock(_ visit: ConsoleVisit, _ id: Int64) async throws -> Answer {
        try await remove {
            _ = try await desk.peers.intake.deleteBlockedSender(DeleteBlockedSenderRequest(id: id), visit.options)
        }
        return .redirect("\(SettingsPage.blocked.path)?done=removed")
    }

    private func blockedSenders(
        _ visit: ConsoleVisit, sender: String, reason: String, refusal: RPCError?
    ) async throws -> Answer {
        let list = try await desk.peers.intake.listBlockedSenders(
            ListBlockedSendersRequest(limit: Int32(ListLimit.standard), cursor: visit.query("cursor")), visit.options)
        let names = try await desk.names(of: list.blockedSenders.map(\.createdBy))
        let texts = visit.texts
        var view = try await settingsFrame(visit, .blocked, refusal: refusal)
        let faults = refusal?.detail?.violations ?? []
        view["fields"] = [
            FormField(
                name: "sender", label: texts[.sender], value: sender, hint: texts[.senderHint], limit: 254,
                isWanted: true),
            FormField(name: "reason", label: texts[.reason], value: reason),
        ].map { $0.view(faults: faults) }
        view["has_rows"] = !list.blockedSenders.isEmpty
        view["rows"] = list.blockedSenders.map { sender -> [String: Any] in
            [
                "id": sender.id, "sender": sender.sender, "reason": sender.reason.isEmpty ? "–" : sender.reason,
                "at": visit.text(sender.createdAtMilliseconds),
                "relative": visit.relative(sender.createdAtMilliseconds),
                "by": names[sender.createdBy?.id ?? 0] ?? sender.createdBy?.name ?? "",
            ]
        }
        if let next = Self.next(.blocked, list.nextCursor) { view["next"] = next }
        return .html(pages.render("blocked_senders", view), refusal.map { Problem($0).status } ?? .ok)
    }

    /// The page that blocks an address, with it filled in; nil for whoever may not, and for no address of the world.
    func blockLink(_ visit: ConsoleVisit, _ address: String, reason: String) -> String? {
        guard !address.isEmpty, !address.hasSuffix(".invalid"),
            AccessPolicy.allows(visit.identity.caller, "firstline.v1.Intake/CreateBlockedSender")
        else { return nil }
        let encode = ContentDisposition.percentEncoded
        return "\(SettingsPage.blocked.path)?sender=\(encode(address))&reason=\(encode(reason))"
    }
}

// MARK: Their mail

extension Console {
    func suspendedMails(_ visit: ConsoleVisit) async throws -> Answer {
        let list = try await desk.peers.intake.listSuspendedMails(
            ListSuspendedMailsRequest(limit: Int32(ListLimit.standard), cursor: visit.query("cursor")), visit.options)
        let blocked = try await desk.peers.intake.listBlockedSenders(
            ListBlockedSendersRequest(limit: Int32(ListLimit.greatest)), visit.options)
        let names = Dictionary(uniqueKeysWithValues: blocked.blockedSenders.map { ($0.id, $0.sender) })
        var view = try await settingsFrame(visit, .suspended)
        view["has_rows"] = !list.mails.isEmpty
        view["rows"] = list.mails.map { row(visit, $0, blockedAs: names[$0.blockedSenderID]) }
        if let next = Self.next(.suspended, list.nextCursor) { view["next"] = next }
        return .html(pages.render("suspended_mails", view))
    }

    /// - Parameter blockedAs: the address or the domain; nil when it is blocked no longer.
    private func row(_ visit: ConsoleVisit, _ mail: SuspendedMail, blockedAs: String?) -> [String: Any] {
        var view: [String: Any] = [
            "id": mail.id, "subject": mail.subject.isEmpty ? "–" : mail.subject,
            "sender": mail.sender.isEmpty ? "–" : mail.sender,
            "recipient": mail.recipient.isEmpty ? "–" : mail.recipient, "size": Self.size(mail.sizeBytes),
            "at": visit.text(mail.receivedAtMilliseconds), "relative": visit.relative(mail.receivedAtMilliseconds),
            "until": visit.text(mail.expiresAtMilliseconds),
            "until_relative": visit.relative(mail.expiresAtMilliseconds),
        ]
        guard blockedAs != mail.sender else { return view }
        if let blockedAs { view["blocked"] = blockedAs }
        if let link = blockLink(visit, mail.sender, reason: "") { view["block_link"] = link }
        return view
    }
}
