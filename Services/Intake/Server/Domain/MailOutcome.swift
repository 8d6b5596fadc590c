import Model

/// What became of an accepted mail.
struct MailOutcome: Sendable, Hashable {
    var ticketID: Int64
    var messageID: Int64
    var isQuarantined: Bool
    /// It was stored before.
    var isRepeated = false
}

/// A message as a link of its thread.
struct ThreadMessage: Sendable, Hashable {
    var id: Int64
    /// Message-ID of the mail it came as; empty for none.
    var mailID: String
    var authorKind: ActorKind
    var isAutomatic: Bool
}
