import Model

/// How a mail to the requester is tied to those before it (RFC 5322, 3.6.4).
struct MailThread: Sendable, Hashable {
    /// More messages than this are not named.
    static let limit = 50

    /// Message-ID of the requester's newest mail; empty for none.
    var inReplyTo = ""
    /// Oldest first: theirs as they came, ours as notification names them.
    var references: [String] = []

    /// - Parameter messageID: the message that the mail is about: an agent's is the mail itself, a requester's is what it answers.
    init(_ messages: [ThreadMessage], about messageID: Int64, domain: String) {
        for message in messages {
            if !message.mailID.isEmpty {
                references.append(message.mailID)
                if message.authorKind == .requester && !message.isAutomatic { inReplyTo = message.mailID }
            } else if message.authorKind == .agent, message.id != messageID {
                references.append(
                    MessageIdentifier(
                        ticketID: message.ticketID, messageID: message.id, replyToken: message.replyToken
                    ).text(domain: domain))
            }
        }
    }

    /// Whether a mail may be sent about the message (nil: about the ticket as such). Never in answer to a machine; what an agent wrote by hand
    /// is sent even there.
    static func isAnswerable(_ stored: StoredTicket, _ message: Message?) -> Bool {
        guard !stored.ticket.quarantined, let email = stored.ticket.requester?.email, !email.hasSuffix(".invalid")
        else {
            return false
        }
        if let message, message.author?.kind == .agent { return message.visibility == .public }
        if stored.isAutomatic { return false }
        return message.map { !$0.automatic } ?? true
    }
}
