import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func createMailbox(_ request: Mailbox, _ context: CallContext) async throws -> Mailbox {
        var violations = Violations()
        let address = MailboxAddress(request.address)
        violations.expect(address != nil, "address", "is not an email address")
        violations.expect(address?.extra == nil, "address", "must not hold a plus sign")
        violations.expectName(request.name, required: true)
        violations.expectID(request.teamID, "team_id")
        violations.expectBrand(of: request)
        let source = request.imap?.normalized
        if let source { violations.expectSource(source, knownSecret: false) }
        try violations.check()
        let created = try await store.perform(context, request) { transaction in
            var new = request
            new.name = request.name.trimmed
            new.fromName = request.fromName.trimmed
            new.address = address?.text ?? ""
            new.imap = nil
            new.imapState = nil
            if try transaction.mailbox(address: new.address) != nil {
                throw RPCError.taken("address", "is another mailbox's")
            }
            let mailbox = try transaction.insertMailbox(new)
            if let source { try transaction.enter(source, mailboxID: mailbox.id) }
            return try transaction.told(mailbox, to: context.caller)
        }
        mailboxesChanged()
        return created
    }

    func getMailbox(_ request: GetMailboxRequest, _ context: CallContext) async throws -> Mailbox {
        try await store.read { reader in
            guard let mailbox = try reader.mailbox(request.id) else {
                throw RPCError.notFound("mailbox \(request.id)")
            }
            return try reader.told(mailbox, to: context.caller)
        }
    }

    func listMailboxes(_ request: ListMailboxesRequest, _ context: CallContext) async throws -> ListMailboxesResponse {
        try await store.read { reader in
            ListMailboxesResponse(mailboxes: try reader.mailboxes().map { try reader.told($0, to: context.caller) })
        }
    }

    func updateMailbox(_ request: UpdateMailboxRequest, _ context: CallContext) async throws -> Mailbox {
        let changed = try await store.perform(context, request) { transaction in
            guard var mailbox = try transaction.mailbox(request.id) else {
                throw RPCError.notFound("mailbox \(request.id)")
            }
            if let name = request.name { mailbox.name = name.trimmed }
            if let teamID = request.teamID { mailbox.teamID = teamID }
            if request.ccPolicy != .unspecified { mailbox.ccPolicy = request.ccPolicy }
            if let fromName = request.fromName { mailbox.fromName = fromName.trimmed }
            if let color = request.color { mailbox.color = color }
            if let footer = request.footer { mailbox.footer = footer }
            if let minutes = request.surveyAfterMinutes { mailbox.surveyAfterMinutes = minutes }
            var violations = Violations()
            violations.expectBrand(of: mailbox)
            violations.expectName(mailbox.name, required: true)
            violations.expectID(mailbox.teamID, "team_id")
            var source = request.imap?.normalized
            if var wanted = source {
                let old = try transaction.imapSource(mailboxID: mailbox.id)
                if wanted.secret.isEmpty, wanted.secretFile.isEmpty, let old, wanted.isSameServer(as: old) {
                    // Whoever may change a mailbox may not learn its secret by sending it elsewhere.
                    wanted.secret = old.secret
                    wanted.secretFile = old.secretFile
                }
                violations.expectSource(wanted, knownSecret: old != nil)
                source = wanted
            }
            violations.expect(source == nil || !request.removeIMAP, "remove_imap", "must not stand beside imap")
            try violations.check()
            try transaction.updateMailbox(mailbox)
            if let source { try transaction.enter(source, mailboxID: mailbox.id) }
            if request.removeIMAP { try transaction.removeIMAPSource(mailboxID: mailbox.id) }
            return try transaction.told(mailbox, to: context.caller)
        }
        mailboxesChanged()
        return changed
    }

    func deleteMailbox(_ request: GetMailboxRequest, _ context: CallContext) async throws -> Mailbox {
        let closed = try await store.perform(context, request) { transaction in
            guard let mailbox = try transaction.mailbox(request.id) else {
                throw RPCError.notFound("mailbox \(request.id)")
            }
            guard !mailbox.isDefault else {
                throw RPCError(
                    .failedPrecondition, "the default mailbox takes what no other does, and must stay",
                    detail: ErrorDetail(code: "default_mailbox"))
            }
            if try transaction.imapSource(mailboxID: mailbox.id) != nil {
                try transaction.removeIMAPSource(mailboxID: mailbox.id)
            }
            try transaction.closeMailbox(mailbox.id)
            return mailbox
        }
        mailboxesChanged()
        return closed
    }
}

extension Transaction {
    fileprivate func enter(_ source: IMAPSource, mailboxID: Int64) throws {
        let isNew = try imapSource(mailboxID: mailboxID) == nil
        guard try !isNew || imapSourceCount() < Int64(IMAPLimits.mostMailboxes) else {
            throw InvalidRequest("imap", "can be set for at most \(IMAPLimits.mostMailboxes) mailboxes")
        }
        try putIMAPSource(source, mailboxID: mailboxID)
    }
}

extension IMAPSource {
    /// With what stands for a field that was left out.
    fileprivate var normalized: IMAPSource {
        var source = self
        source.host = host.lowercased()
        if security == .unspecified { source.security = .tls }
        if signIn == .unspecified { source.signIn = .password }
        if after == .unspecified { source.after = .leave }
        if folder.isEmpty { source.folder = "INBOX" }
        if pollSeconds == 0 { source.pollSeconds = IMAPLimits.standardPollSeconds }
        if after != .move { source.moveTo = "" }
        return source
    }
}

extension Violations {
    fileprivate mutating func expectBrand(of mailbox: Mailbox) {
        expectName(mailbox.fromName, "from_name", required: false)
        let isColor =
            mailbox.color.utf8.count == 7 && mailbox.color.hasPrefix("#")
            && mailbox.color.utf8.dropFirst().allSatisfy {
                (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0)
            }
        expect(
            (0...RequestLimits.surveyAfterMinutes).contains(mailbox.surveyAfterMinutes), "survey_after_minutes",
            "must be between 0 and \(RequestLimits.surveyAfterMinutes)")
        expect(mailbox.color.isEmpty || isColor, "color", "must be a color like #1a2b3c")
        expect(
            mailbox.footer.utf8.count <= RequestLimits.footerBytes
                && !mailbox.footer.replacing("\n", with: "").hasControlCharacters, "footer",
            "must have at most \(RequestLimits.footerBytes) bytes, and no control characters but line feeds")
    }

    /// - Parameter knownSecret: the mailbox has a secret, for the server that it has now.
    fileprivate mutating func expectSource(_ source: IMAPSource, knownSecret: Bool) {
        let isHost =
            (1...253).contains(source.host.utf8.count)
            && source.host.utf8.allSatisfy {
                (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46
            } && !source.host.hasPrefix("-")
        expect(isHost, "imap.host", "must be a host name or an IPv4 address")
        expect((0...65_535).contains(source.port), "imap.port", "must be a port, or 0 for the standard one")
        expect(MailSecurity.allCases.contains(source.security), "imap.security", "is not known")
        expect(MailSignIn.allCases.contains(source.signIn), "imap.sign_in", "is not known")
        expect(AfterFetch.allCases.contains(source.after), "imap.after", "is not known")
        expectName(source.user, "imap.user", required: true)
        expectName(source.folder, "imap.folder", required: true)
        expectName(source.moveTo, "imap.move_to", required: source.after == .move)
        expect(source.after != .move || source.moveTo != source.folder, "imap.move_to", "must be another folder")
        expect(
            IMAPLimits.pollSeconds.contains(source.pollSeconds), "imap.poll_seconds",
            "must be between \(IMAPLimits.pollSeconds.lowerBound) and \(IMAPLimits.pollSeconds.upperBound)")
        expect(
            source.secret.isEmpty != source.secretFile.isEmpty, "imap.secret",
            source.secret.isEmpty && knownSecret
                ? "must be given again, or its file named, for another server"
                : "must be given, or a file with it named in secret_file, and not both")
        expect(
            source.secret.utf8.count <= IMAPLimits.secretBytes && !source.secret.hasControlCharacters, "imap.secret",
            "must have at most \(IMAPLimits.secretBytes) bytes without control characters")
        let isPlainName =
            source.secretFile.utf8.count <= RequestLimits.filenameCharacters && !source.secretFile.hasPrefix(".")
            && !source.secretFile.utf8.contains(47) && !source.secretFile.hasControlCharacters
        expect(isPlainName, "imap.secret_file", "must be the plain name of a file in intake's folder of secrets")
    }
}
