import Mail
import Model
import Store

extension Reader {
    /// What filing a mail looks up in any case.
    func lookAhead(for mail: IncomingMail) throws {
        _ = try mailOutcome(sourceKey: mail.sourceKey)
        try lookAhead(for: mail.source.blob)
        for file in mail.files { try lookAhead(for: file.blob) }
        guard let sender = mail.sender?.text else { return }
        try lookAhead(requester: sender)
        _ = try blockedSenderID(of: mail.senders)
        _ = try staffMember(email: sender)
    }
}

extension Transaction {
    /// Files a mail where it belongs: once, however often it comes.
    func file(_ mail: IncomingMail) throws -> MailOutcome {
        if let known = try mailOutcome(sourceKey: mail.sourceKey) { return known }
        let outcome = try settle(mail)
        // A suspended mail may come again once its sender is blocked no longer.
        if outcome.suspendedMailID == 0 { try rememberMail(sourceKey: mail.sourceKey, outcome) }
        return outcome
    }

    /// Files a mail that is new: on a ticket, or apart where its sender is blocked.
    func settle(_ mail: IncomingMail) throws -> MailOutcome {
        if let blocked = try blockedSenderID(of: mail.senders) { return try suspend(mail, by: blocked) }
        let recorded = try place(mail)
        return MailOutcome(
            ticketID: recorded.ticket.id, messageID: recorded.messageID,
            isQuarantined: recorded.ticket.ticket.quarantined && mail.parsed.quarantine != nil)
    }

    private func place(_ mail: IncomingMail) throws -> Recorded {
        let mailboxes = try mailboxes()
        if mail.parsed.quarantine == nil, mail.parsed.automatic == .bounce, let ticket = try bouncedTicket(mail) {
            return try note(bounce: mail, on: ticket)
        }
        // Our own mail come back, as from an agent whose address leads to a mailbox: a ticket of its own would be told to them again.
        if mail.parsed.quarantine == nil, mail.parsed.automatic == .ownMail,
            let ours = MessageIdentifier(mail.source.mailID), let ticket = try ticket(sentAs: ours)
        {
            return try remark(mail, on: current(ticket))
        }
        let sender = mail.sender?.text ?? Self.unknownSender
        let relation = mail.parsed.quarantine == nil ? try relation(of: mail, sender: sender) : .none
        switch relation {
        case .answers(let ticket, let member, let isNote):
            return try reply(mail, on: ticket, by: member, isNote: isNote)
        case .remarks(let ticket): return try remark(mail, on: ticket)
        case .none, .continues, .quotes: break
        }
        let requester = try ensureRequester(
            email: sender, name: mail.senderName,
            by: Provenance(actor: Actor(kind: .system), traceParent: mail.traceParent))
        let provenance = Provenance(
            actor: Actor(kind: .requester, id: requester.id), traceParent: mail.traceParent)
        // What a mailbox of ours wrote is our own mail come back: nobody waits for an answer to it.
        let isOwn = mailboxes.contains { $0.address == sender }
        var message = NewMessage(mail, author: provenance.actor)
        message.isAutomatic = message.isAutomatic || isOwn
        guard case .continues(let named) = relation else {
            var new = NewTicket(mail, message: message, mailbox: Mailboxes.mailbox(for: mail.recipient, mailboxes))
            if case .quotes(let quoted) = relation { new.followsTicketID = quoted.id }
            return try open(new, mail, for: requester, mailboxes, by: provenance)
        }
        // Whether they take part, the ticket tells that they wrote to; their mail goes to the one that it was merged into.
        let isKnown = try takesPart(sender, in: named)
        let thread = try current(named)
        switch TicketStateMachine.afterRequesterReply(thread.ticket.status) {
        case .joins(let status):
            try addParticipants([sender], ticketID: thread.id)
            if isKnown { try addCopied(of: mail, from: requester, to: thread.ticket, mailboxes) }
            let kept = message.isAutomatic ? thread.ticket.status : status
            return try addMessage(message, to: thread, status: kept, by: provenance)
        case .opensLinkedTicket:
            let closed = try takesPart(sender, in: thread) ? thread : named
            var new = NewTicket(continuing: closed, with: message, from: requester)
            new.subject = mail.subject
            new.searchSubject = mail.searchSubject
            new.isAutomatic = message.isAutomatic
            return try open(new, mail, for: requester, mailboxes, by: provenance)
        }
    }

    private func open(
        _ new: NewTicket, _ mail: IncomingMail, for requester: Requester, _ mailboxes: [Mailbox],
        by provenance: Provenance
    ) throws -> Recorded {
        var new = new
        new.participants = [requester.email]
        if new.language.isEmpty { new.language = requester.language }
        let recorded = try openTicket(new, requester: requester, by: provenance)
        if mail.parsed.quarantine == nil {
            try addCopied(of: mail, from: requester, to: recorded.ticket.ticket, mailboxes)
        }
        return recorded
    }

    /// A mail continues a ticket by a reply address, which nobody can guess; else by the mails it answers, if its sender takes part in their
    /// ticket. A subject never leads to one.
    private func relation(of mail: IncomingMail, sender: String) throws -> MailRelation {
        if let member = try staffMember(email: sender) { return try relation(of: mail, by: member) }
        var quoted: StoredTicket?
        for token in mail.replyTokens {
            guard let ticket = try ticket(replyToken: token.text) else { continue }
            if !token.isForStaff { return .continues(ticket) }
            quoted = quoted ?? ticket
        }
        for mailID in mail.answeredMailIDs {
            guard let ticket = try ticket(answering: mailID) else { continue }
            if try takesPart(sender, in: ticket) { return .continues(ticket) }
            quoted = quoted ?? ticket
        }
        return quoted.map(MailRelation.quotes) ?? .none
    }

    /// Whether the address is that of the ticket's requester, or of somebody who gets copies.
    private func takesPart(_ address: String, in ticket: StoredTicket) throws -> Bool {
        try ticket.ticket.requester?.email == address || isParticipant(address, ticketID: ticket.id)
    }

    func ticket(answering mailID: String) throws -> StoredTicket? {
        if let ours = MessageIdentifier(mailID) { return try ticket(sentAs: ours) }
        let id = try ticketID(mailID: mailID)
        return id == 0 ? nil : try ticket(id)
    }

    private func ticket(sentAs identifier: MessageIdentifier) throws -> StoredTicket? {
        guard let ticket = try ticket(identifier.ticketID), identifier.fits(replyToken: ticket.replyToken) else {
            return nil
        }
        return ticket
    }

    /// The ticket whose mail came back: only what we sent ourselves counts.
    private func bouncedTicket(_ mail: IncomingMail) throws -> StoredTicket? {
        let bounce = mail.parsed.bounce ?? MailBounce()
        for mailID in [bounce.originalMessageID] + mail.answeredMailIDs {
            if let ours = MessageIdentifier(mailID), let ticket = try ticket(sentAs: ours) { return ticket }
        }
        for token in mail.replyTokens.map(\.text) + bounce.replyAddresses.map(\.token) {
            if let ticket = try ticket(replyToken: token) { return ticket }
        }
        return nil
    }

    /// A bounce is a note for the agents: no reply, and nothing that a requester sees.
    /// - Parameter ticket: of which the mail that came back was; where that was merged, the note stands on the one that it was merged into.
    private func note(bounce mail: IncomingMail, on ticket: StoredTicket) throws -> Recorded {
        let current = try current(ticket)
        let recorded = try remark(mail, on: current)
        let bounce = mail.parsed.bounce ?? MailBounce()
        let ours = MessageIdentifier(bounce.originalMessageID).flatMap { $0.ticketID == ticket.id ? $0 : nil }
        let bounced = MailBounced(
            messageID: ours?.messageID ?? 0, deliveryID: mail.bouncedDeliveryID, action: bounce.action,
            status: bounce.status, deliveryTag: mail.bouncedDeliveryTag)
        try record(
            .mailBounced(bounced), current.id == ticket.id ? recorded.ticket.ticket : ticket.ticket,
            Provenance(actor: Actor(kind: .system), traceParent: mail.traceParent))
        return recorded
    }

    /// Stands for whoever sent a mail that names nobody (RFC 2606: the domain can never exist).
    private static var unknownSender: String { "unknown-sender@mail.invalid" }
}
