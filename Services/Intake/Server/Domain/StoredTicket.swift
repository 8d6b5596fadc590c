import Model

/// A ticket as Intake keeps it: what everyone may see, and what only Intake knows.
struct StoredTicket: Sendable, Hashable {
    /// `messageCount` is that of all messages.
    var ticket: Ticket
    var publicMessageCount: Int32
    /// 32 hexadecimal digits, unguessable: whoever knows it may write into the ticket by mail.
    var replyToken: String
    /// Opened by automatic mail (RFC 3834).
    var isAutomatic: Bool
    /// The closed ticket that this one continues; 0 for none.
    var followsTicketID: Int64

    var id: Int64 { ticket.id }
    var requesterID: Int64 { ticket.requester?.id ?? 0 }

    /// The ticket as that caller may see it.
    func seen(by caller: Caller) -> Ticket {
        var seen = ticket
        if !caller.seesInternalMessages { seen.messageCount = publicMessageCount }
        return seen
    }
}
