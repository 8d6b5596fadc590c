/// A way out for composed mail.
protocol MailTransport: Sendable {
    /// What may be begun beside what is under way.
    /// - Parameter underWay: how many mails were begun and have not come back yet.
    func room(underWay: Int) -> RelayPace.Room

    /// Hands the mail over; returns once the other side has taken responsibility for it, with its name (empty for none).
    /// - Parameters:
    ///   - deliveryID: the same over all attempts, so that a repeat can replace.
    ///   - envelopeFrom: empty for the null return path.
    func send(_ mail: [UInt8], deliveryID: Int64, envelopeFrom: String, recipient: String)
        async throws(TransportFailure) -> String

    /// Somebody wants what waits to be tried at once.
    func hurry()
}

extension MailTransport {
    func room(underWay: Int) -> RelayPace.Room { .free(.max) }

    func hurry() {}
}

/// Why a mail did not go out.
struct TransportFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether trying again cannot help (an SMTP 5xx answer to this mail).
    var isPermanent: Bool
    /// For the operator.
    var message: String
    /// For the journal, without anybody's words: "unreachable", or a server's reply code with its enhanced status, as "550 5.1.1".
    var code = "unreachable"

    var description: String { message }
}
