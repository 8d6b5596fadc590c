import Mail
import Model
import ServiceKit
import Store

extension MailAcceptance {
    /// Files what was got of a mail by IMAP, and in the same transaction that it was.
    func file(_ got: IMAPMail, of mailbox: FetchedMailbox, life: FolderLife, uid: UInt32) async throws -> MailOutcome {
        // A hostile mail may take a second to read.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            let (mail, hash) = try await incoming(got, mailbox, uid: uid)
            let isWhole = if case .whole = got { true } else { false }
            let fetched = FetchedMail(
                life: life, uid: uid, revision: mailbox.revision, contentHash: hash,
                isDue: isWhole && mailbox.source.after != .leave)
            return try await store.write("accept fetched mail") { try $0.file(mail, fetched) }
        }
    }

    /// The mail as far as it is here, and what makes it the same mail under another UIDVALIDITY.
    private func incoming(
        _ got: IMAPMail, _ mailbox: FetchedMailbox, uid: UInt32
    ) async throws -> (IncomingMail, contentHash: String) {
        let place = "in the folder \(mailbox.source.folder) of \(mailbox.source.user), with the UID \(uid)"
        switch got {
        case .whole(let raw, isRead: true), .short(let raw, isRead: true):
            let mail = try await read(
                raw, envelopeFrom: nil, recipient: mailbox.address, isFromServer: true)
            return (mail, mail.source.blob.hash)
        case .whole(let raw, isRead: false), .short(let raw, isRead: false):
            var parsed = ParsedMail()
            parsed.text =
                "This mail could not be read in \(IMAPLimits.mostFailures) tries or more. Its raw source is attached."
            let mail = try await quarantined(parsed, source: raw, mailbox)
            return (mail, mail.source.blob.hash)
        case .beginning(let beginning, let sizeBytes):
            // The header alone: of the rest, no part is whole.
            let header = Array(
                beginning[..<(beginning.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? beginning.count)])
            var parsed = MailParser.parse(header)
            parsed.attachments = []
            parsed.html = ""
            parsed.text =
                "This mail has \(sizeBytes) bytes, more than the \(MailSize.largestBytes) that are taken. It stays \(place). Its beginning is attached."
            let mail = try await quarantined(parsed, source: beginning, mailbox)
            return (mail, "\(sizeBytes):" + mail.source.blob.hash)
        case .lost:
            var parsed = ParsedMail()
            parsed.text =
                "A mail could not be fetched in \(IMAPLimits.mostFailures) tries or more. It stays \(place)."
            return (try await quarantined(parsed, source: [], mailbox), "")
        }
    }

    private func quarantined(
        _ parsed: ParsedMail, source raw: [UInt8], _ mailbox: FetchedMailbox
    ) async throws -> IncomingMail {
        var parsed = parsed
        parsed.quarantine = parsed.quarantine ?? .unreadable
        parsed.newText = ""
        let source = try await blobs.prepare(raw)
        return IncomingMail(
            parsed, raw: source, recipient: mailbox.address, envelopeFrom: nil,
            files: raw.isEmpty ? [] : [NewFile(source: source)],
            traceParent: TraceContext.header)
    }
}

extension Transaction {
    /// Files a fetched mail once: known by its UID, or after a change of UIDVALIDITY by its content.
    func file(_ mail: IncomingMail, _ fetched: FetchedMail) throws -> MailOutcome {
        _ = try place(fetched.life.mailboxID, revision: fetched.revision)
        let known = try outcome(of: fetched) ?? adopt(fetched)
        if let known {
            try finish(fetched)
            return known
        }
        let outcome = try settle(mail)
        try remember(fetched, outcome)
        try finish(fetched)
        return outcome
    }
}
