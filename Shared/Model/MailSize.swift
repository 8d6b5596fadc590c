/// How large mail may be.
public enum MailSize {
    /// Of a mail, wherever it comes in (LMTP's SIZE, the operator's pipe, the API), as it stands on the wire (RFC 1870).
    public static let largestBytes = 25 * 1_024 * 1_024
    /// Of the files that a reply carries, together.
    public static let mostAttachmentBytes: Int64 = 25 * 1_024 * 1_024
    /// Of a message that a mail answers, no more is quoted.
    public static let mostQuotedBytes = 64 * 1_024
}
