/// What a mail may cost. Each limit bounds memory or work; a mail beyond one is quarantined, never refused silently.
public enum MailLimits {
    /// The most parts of a mail that are looked at.
    public static let maxParts = 1_000
    /// The deepest nesting of multiparts that is looked at.
    public static let maxDepth = 20
    /// The most header fields that are read at the top.
    public static let maxHeaders = 1_000
    /// The most bytes of header that are read at the top: 1 MiB.
    public static let maxHeaderBytes = 1024 * 1024
    /// The longest header field that is decoded; what follows is cut.
    public static let maxHeaderValueBytes = 64 * 1024
    /// The longest field of a part that is read, in bytes; a file name in it has room many times over.
    public static let maxPartFieldBytes = 8 * 1024
    /// The most attachments that are kept apart; the raw source has them all.
    public static let maxAttachments = 200
    /// The most addresses of one header field.
    public static let maxAddresses = 1_000
    /// The most Message-IDs of a References field; the first and the newest are kept.
    public static let maxReferences = 100
    /// The longest subject, in characters of at most four bytes on average.
    public static let maxSubjectCharacters = 500
    /// The longest name of a person, in such characters.
    public static let maxNameCharacters = 200
    /// The longest Content-ID, in bytes: what a line may have (RFC 5322, section 2.1.1).
    public static let maxContentIDBytes = 998
    /// The longest file name, in such characters.
    public static let maxFilenameCharacters = 120
    /// The longest text of a mail, in bytes; what follows is cut and stays in the raw source.
    public static let maxTextBytes = 1024 * 1024
    /// How much text, plain or HTML, is read of all parts together before the rest is left unread; of one part no more than is kept counts.
    public static let maxReadTextBytes = 4 * 1024 * 1024
    /// The longest HTML that is parsed, in bytes.
    public static let maxHTMLBytes = 1024 * 1024
    /// The most HTML tags that are kept.
    public static let maxHTMLTags = 30_000
    /// The most nodes that the HTML parser may be led to make.
    public static let maxHTMLNodes = 200_000
    /// The deepest nesting of HTML elements that is kept.
    public static let maxHTMLDepth = 200
    /// The most lines beginning with two hyphens (possible part boundaries) in a structured body.
    public static let maxBoundaryLines = 20_000
    /// The most lines that look like header fields in a structured body.
    public static let maxBodyHeaderLines = 100_000
    /// The most address fields of one nested header, which GMime reads again at each.
    public static let maxNestedAddressFields = 50
    /// The most bytes of address fields in a structured body.
    public static let maxNestedAddressBytes = 512 * 1024
    /// The longest header field inside a structured body, in bytes.
    public static let maxBodyHeaderBytes = 256 * 1024
}
