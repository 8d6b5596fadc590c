/// How large a mail may be, wherever it comes in: LMTP's SIZE, the operator's pipe, the API.
public enum MailSize {
    /// In bytes of the message as it stands on the wire (RFC 1870).
    public static let largestBytes = 25 * 1_024 * 1_024
}
