import Mail
import Model
import Store

extension Transaction {
    /// Has those whom a mail names in Cc (or To) take part, as far as the ticket's mailbox allows. No machine adds anybody; the desk's own
    /// addresses, its agents and blocked senders are never added.
    func addCopied(of mail: IncomingMail, from sender: Requester, to ticket: Ticket, _ mailboxes: [Mailbox]) throws {
        let policy = mailboxes.first { $0.id == ticket.mailboxID }?.ccPolicy ?? .known
        guard policy != .ignore, !mail.isAutomatic else { return }
        let actor = Actor(kind: .requester, id: sender.id)
        for address in mail.otherAddresses where !Mailboxes.holds(address, mailboxes) && address.text != sender.email {
            guard try staffMember(email: address.text) == nil, try blockedSenderID(of: [address]) == nil,
                let requester = try copied(address, by: sender, policy)
            else { continue }
            try addParticipant(requester, to: ticket, by: actor)
        }
    }

    private func copied(_ address: MailboxAddress, by sender: Requester, _ policy: CopyPolicy) throws -> Requester? {
        if let known = try requester(email: address.text) { return known }
        let isColleague =
            try sender.organizationID != 0 && organizationID(domain: address.domain) == sender.organizationID
        guard policy == .all || isColleague else { return nil }
        return try ensureRequester(
            email: address.text, name: "", by: Provenance(actor: Actor(kind: .requester, id: sender.id)))
    }
}
