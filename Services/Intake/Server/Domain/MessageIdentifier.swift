/// The Message-ID of a mail that Firstline sends for a message, as notification writes it:
/// `firstline.TICKET.MESSAGE.TOKEN16@domain`, where TOKEN16 is the first half of the ticket's reply token. Intake recognises it in
/// In-Reply-To and References without having been told that it was sent.
struct MessageIdentifier: Hashable, Sendable {
    var ticketID: Int64
    var messageID: Int64
    /// The first 16 digits of the ticket's reply token.
    var tokenPrefix: String

    init(ticketID: Int64, messageID: Int64, replyToken: String) {
        self.ticketID = ticketID
        self.messageID = messageID
        self.tokenPrefix = String(replyToken.prefix(Self.prefixLength))
    }

    /// Reads a Message-ID without angle brackets; nil when it is not one of ours.
    init?(_ mailID: String) {
        guard let local = mailID.split(separator: "@", maxSplits: 1).first else { return nil }
        let parts = local.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "firstline", let ticketID = Int64(parts[1]),
            let messageID = Int64(parts[2]),
            ticketID > 0, messageID >= 0, parts[3].utf8.count == Self.prefixLength
        else { return nil }
        self.ticketID = ticketID
        self.messageID = messageID
        self.tokenPrefix = String(parts[3])
    }

    /// Whether it was made for the ticket with that token.
    func fits(replyToken: String) -> Bool {
        replyToken.hasPrefix(tokenPrefix) && tokenPrefix.utf8.count == Self.prefixLength
    }

    /// Without angle brackets.
    func text(domain: String) -> String { "firstline.\(ticketID).\(messageID).\(tokenPrefix)@\(domain)" }

    private static let prefixLength = 16
}
