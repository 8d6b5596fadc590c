import Model

/// What leads from an address that a mail was sent to, `name+TOKEN@…`, to its ticket.
struct ReplyToken: Sendable, Hashable {
    /// Whose answers an address is for.
    enum Purpose: String, Sendable {
        /// `name+TOKEN@…`, which stands in mails to the requester.
        case anyone
        /// `name+agent+TOKEN@…`, which stands in mails to agents.
        case agent
        /// `name+note+TOKEN@…`, which stands in mails to agents about an internal note.
        case note
    }

    /// 32 lower-case hexadecimal digits.
    var text: String
    var purpose: Purpose

    /// Nobody but an agent writes into the ticket by it.
    var isForStaff: Bool { purpose != .anyone }

    /// Nil for an address without a token.
    init?(_ address: MailboxAddress) {
        guard let parts = address.extra?.split(separator: "+"), let last = parts.last, RandomToken.isToken(last) else {
            return nil
        }
        text = String(last)
        purpose = parts.count > 1 ? Purpose(rawValue: String(parts[0])) ?? .anyone : .anyone
    }
}
