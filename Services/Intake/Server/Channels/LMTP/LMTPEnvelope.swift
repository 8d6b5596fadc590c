/// Who a mail comes from and goes to, as the client said in MAIL and RCPT.
public struct LMTPEnvelope: Sendable, Hashable {
    /// The return path; empty for the null path `<>`.
    public var from: String
    /// In the order in which they were accepted.
    public var recipients: [String]
    /// The client announced internationalized addresses (RFC 6531).
    public var isInternational: Bool

    public init(from: String, recipients: [String] = [], isInternational: Bool = false) {
        self.from = from
        self.recipients = recipients
        self.isInternational = isInternational
    }
}
