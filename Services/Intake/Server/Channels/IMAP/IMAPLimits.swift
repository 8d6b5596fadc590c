import Model

/// What fetching one mailbox may cost, and how patient it is.
enum IMAPLimits {
    /// The most mailboxes that are fetched by IMAP: each holds a connection and a thread.
    static let mostMailboxes = 100
    /// The longest line of an answer, literals left out.
    static let lineBytes = 64 * 1024
    /// The most literals in one answer.
    static let literals = 16
    /// The most bytes that the literals of one answer have together: a mail of the largest size, with room for a server that counted its
    /// line ends differently.
    static let literalBytes = MailSize.largestBytes + 1024 * 1024
    /// How much of a mail is asked for with its size. Most are no longer, and of one that is too large this is kept.
    static let beginningBytes = 128 * 1024
    /// The deepest nesting of lists in an answer.
    static let depth = 16
    /// The most mails that one listing takes; the rest is listed when these are done.
    static let listed = 50_000
    /// How often an open folder is listed before it is opened anew.
    static let listings = 20
    /// The most mails that are flagged, moved or deleted by one command.
    static let settledAtOnce = 50
    /// How often a mail may fail of itself before it is quarantined.
    static let mostFailures = 3
    /// A failure counts against the mail once the folder gave another one after the failure before, for then the server is well. Where no
    /// other comes, it counts after this time: so a mail that is alone with its server's trouble is given up after a day at the soonest.
    static let failureMilliseconds: Int64 = 8 * 3_600_000
    /// How many of the folder's latest mails are looked through for one that came after a failure.
    static let latest = 1_000
    /// The most failed mails that are remembered, to be tried again.
    static let mostTroubled = 1_000
    /// The longest silence in the middle of an answer.
    static let responsePatience: Duration = .seconds(60)
    /// How long IDLE lasts before it is renewed (RFC 2177 allows 29 minutes; routers forget silent connections sooner).
    static let idlePatience: Duration = .seconds(9 * 60)
    /// How long connecting may take, and with signing in.
    static let connectSeconds = 15
    static let signInSeconds = 45
    /// The largest secret that is read from a file.
    static let secretBytes = 64 * 1024
    /// How often, at the most, it is written down that a look came to its end.
    static let stateIntervalMilliseconds: Int64 = 30_000
    static let pollSeconds: ClosedRange<Int32> = 5...3_600
    static let standardPollSeconds: Int32 = 60
}
