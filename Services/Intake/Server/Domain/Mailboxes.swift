import Model

/// Which mailbox a mail belongs to.
enum Mailboxes {
    /// `name@…` and `name+anything@…` belong to the mailbox `name` (that of the same domain first); an unknown recipient, or none, to the
    /// default one.
    static func mailbox(for recipient: MailboxAddress?, _ mailboxes: [Mailbox]) -> Mailbox? {
        let standard = mailboxes.first(where: \.isDefault)
        guard let recipient else { return standard }
        let named = mailboxes.filter { MailboxAddress($0.address)?.local == String(recipient.mailboxName) }
        let exact = named.first { MailboxAddress($0.address)?.domain == recipient.domain }
        return exact ?? named.first ?? standard
    }

    /// Whether the address is one of a mailbox, reply addresses included.
    static func holds(_ address: MailboxAddress, _ mailboxes: [Mailbox]) -> Bool {
        mailboxes.contains { mailbox in
            guard let own = MailboxAddress(mailbox.address) else { return false }
            return own.domain == address.domain && own.local == String(address.mailboxName)
        }
    }
}
