import Model

/// What leads from an address that a mail was sent to, `name+TOKEN@…`, to its ticket.
struct ReplyToken: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits.
    var text: String
    /// From `name+agent+TOKEN@…`, which stands in mails to agents: nobody else writes into the ticket by it.
    var isForStaff: Bool

    /// Nil for an address without a token.
    init?(_ address: MailboxAddress) {
        guard let parts = address.extra?.split(separator: "+"), let last = parts.last, RandomToken.isToken(last) else {
            return nil
        }
        text = String(last)
        isForStaff = parts.count > 1 && parts[0] == "agent"
    }
}
