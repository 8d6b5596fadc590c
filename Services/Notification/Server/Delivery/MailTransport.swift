/// A way out for composed mail.
protocol MailTransport: Sendable {
    /// Hands the mail over; returns once the other side has taken responsibility for it.
    /// - Parameters:
    ///   - deliveryID: the same over all attempts, so that a repeat can replace.
    ///   - envelopeFrom: empty for the null return path.
    func send(_ mail: [UInt8], deliveryID: Int64, envelopeFrom: String, recipient: String)
        async throws(TransportFailure)
}

/// Why a mail did not go out.
struct TransportFailure: Error, Sendable {
    /// Whether trying again cannot help (an SMTP 5xx answer).
    var isPermanent: Bool
    /// For the operator.
    var message: String
}
