/// How a mail stands to the tickets that are there.
enum MailRelation: Sendable {
    case none
    case continues(StoredTicket)
    /// It answers a mail of a ticket in which its sender takes no part, or not by mail.
    case quotes(StoredTicket)
    /// An agent's answer: a reply to the ticket's requester, or a note where it answers one.
    case answers(StoredTicket, StaffMember, isNote: Bool)
    /// An agent's mail program says something about it.
    case remarks(StoredTicket)
}
