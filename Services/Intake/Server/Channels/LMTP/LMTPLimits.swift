import Model

/// What a client of the LMTP port may cost.
public struct LMTPLimits: Sendable {
    /// The largest mail, in bytes; announced as SIZE.
    public var maxMessageBytes = MailSize.largestBytes
    /// The most bytes of one oversize mail that are read and thrown away before the connection is closed.
    public var maxDrainedBytes = 256 * 1024 * 1024
    /// The longest command line with its CR LF (RFC 5321, 4.5.3.1.4, with room for extensions).
    public var maxLineBytes = 2_048
    /// The most recipients of one mail (RFC 5321 wants at least 100).
    public var maxRecipients = 100
    /// The most refused commands of a connection.
    public var maxErrors = 20
    /// The most commands between two mails.
    public var maxCommands = 1_000
    /// A chunk of at least so many bytes is not counted among the commands.
    public var freeChunkBytes = 1_024

    public init() {}
}
