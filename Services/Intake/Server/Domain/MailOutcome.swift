import Model

/// What became of an accepted mail.
struct MailOutcome: Sendable, Hashable {
    /// 0 for a suspended mail, which is on no ticket.
    var ticketID: Int64 = 0
    var messageID: Int64 = 0
    var isQuarantined = false
    /// Its sender is blocked: it was kept apart. 0 for what was not.
    var suspendedMailID: Int64 = 0
    /// It was stored before.
    var isRepeated = false
}

/// A message as a link of its thread.
struct ThreadMessage: Sendable, Hashable {
    var id: Int64
    /// Where it was written, and that ticket's reply token.
    var ticketID: Int64
    var replyToken: String
    /// Message-ID of the mail it came as; empty for none.
    var mailID: String
    var authorKind: ActorKind
    var isAutomatic: Bool
}
