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

extension Ticket {
    /// What it takes of an answer, about.
    var sizeBytes: Int {
        subject.utf8.count + tags.reduce(0) { $0 + $1.utf8.count }
            + customFields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
            + (requester.map { $0.email.utf8.count + $0.name.utf8.count + $0.externalID.utf8.count } ?? 0)
    }
}
