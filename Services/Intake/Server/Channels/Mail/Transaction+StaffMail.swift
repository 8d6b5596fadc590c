import Mail
import Model
import Store

extension Transaction {
    /// How a mail from an agent's address stands to the tickets that are there. It acts as the agent only when it is proved to be theirs; what
    /// is not, and what their mail program writes by itself, never speaks for them.
    func relation(of mail: IncomingMail, by member: StaffMember) throws -> MailRelation {
        guard let (ticket, isAddressed) = try ticket(meantBy: mail) else { return .none }
        let isNote = mail.replyTokens(of: mail.otherAddresses).contains {
            $0.purpose == .note && $0.text == ticket.replyToken
        }
        // On a ticket of their own agents speak as requesters, in public; what answers a note must not get there.
        if !isNote, ticket.ticket.requester?.email == member.email { return .continues(ticket) }
        if mail.isAutomatic {
            return isAddressed || mail.isAuthenticated ? .remarks(try current(ticket)) : .quotes(ticket)
        }
        let current = try current(ticket)
        guard mail.isAuthenticated, member.caller.maySee(current), current.ticket.status != .closed else {
            return .quotes(ticket)
        }
        return .answers(current, member, isNote: isNote)
    }

    /// The ticket of the reply address that it is written to, else of the mails that it answers. The envelope's recipient does not count: what
    /// an agent signed for somebody else could be handed over again under any.
    private func ticket(meantBy mail: IncomingMail) throws -> (StoredTicket, isAddressed: Bool)? {
        for token in mail.replyTokens(of: mail.otherAddresses) {
            if let ticket = try ticket(replyToken: token.text) { return (ticket, true) }
        }
        for mailID in mail.answeredMailIDs {
            if let ticket = try ticket(answering: mailID) { return (ticket, false) }
        }
        return nil
    }

    /// An agent's reply or note, as by the console. The same mail for a second recipient, or handed over again, adds nothing.
    func reply(
        _ mail: IncomingMail, on ticket: StoredTicket, by member: StaffMember, isNote: Bool
    ) throws -> Recorded {
        let actor = member.caller.actor
        if let known = try messageID(mailID: mail.source.mailID, ticketID: ticket.id, author: actor) {
            return Recorded(ticket: ticket, messageID: known, place: nil)
        }
        var message = NewMessage(reply: mail, author: actor)
        if isNote { message.visibility = .internal }
        let status = TicketStateMachine.afterAgentMessage(ticket.ticket.status, message.visibility)
        return try addMessage(
            message, to: ticket, status: status, by: Provenance(actor: actor, traceParent: mail.traceParent))
    }

    /// What a machine wrote, an agent's mail program or a mail server, stands on the ticket as a note, and is nobody's word.
    func remark(_ mail: IncomingMail, on ticket: StoredTicket) throws -> Recorded {
        let actor = Actor(kind: .system)
        var message = NewMessage(mail, author: actor)
        message.visibility = .internal
        message.isAutomatic = true
        return try addMessage(
            message, to: ticket, status: ticket.ticket.status,
            by: Provenance(actor: actor, traceParent: mail.traceParent))
    }
}

extension NewMessage {
    /// An agent's reply by mail: the new words alone, as text. What the mail quotes may be a note or another's words, and its HTML holds that too.
    /// A mail without new words of its own is a note.
    fileprivate init(reply mail: IncomingMail, author: Actor) {
        self.init(mail, author: author)
        let hasWords = !mail.parsed.newText.isBlank && !mail.isAllQuoted
        if hasWords { text = mail.parsed.newText } else if !mail.files.isEmpty { text = "" }
        visibility = hasWords || !mail.files.isEmpty ? .public : .internal
        newText = text
        html = ""
        isAutomatic = false
        for index in files.indices { files[index].isInline = false }
    }
}

extension IncomingMail {
    /// Nothing could be taken off as history though there is some, so that all of it may be.
    fileprivate var isAllQuoted: Bool {
        parsed.newText == parsed.text.trimmed && parsed.text.split(separator: "\n").contains { $0.hasPrefix(">") }
    }
}
