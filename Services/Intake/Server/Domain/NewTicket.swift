import Model

/// A ticket about to be opened by its first message.
struct NewTicket: Sendable {
    var subject: String
    var priority: Priority = .normal
    var type: TicketType = .question
    var channel: TicketChannel = .api
    var tags: [String] = []
    var customFields: [CustomField] = []
    var teamID: Int64 = 0
    var assigneeID: Int64 = 0
    var tier: Int32 = 1
    var language = ""
    var mailboxID: Int64 = 0
    var isAutomatic = false
    var isQuarantined = false
    /// The closed ticket that it continues; 0 for none.
    var followsTicketID: Int64 = 0
    /// Addresses beside the requester's that may answer by mail, lower case.
    var participants: [String] = []
    /// 32 hexadecimal digits, fresh from the system's random source.
    var replyToken: String
    /// What the search index takes of the subject: folded and stemmed outside the transaction.
    var searchSubject = ""
    var message: NewMessage
}
