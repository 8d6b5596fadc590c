/// Tells when a mail server takes nothing more of a mail, or never says what came of it (RFC 5321, section 4.5.3.2). What comes before the mail
/// is libcurl's to watch, answer by answer.
///
/// libcurl's own bound of a transfer's speed will not do: it counts the wait for the last answer too, which may be long, and a mail that was
/// given up then is sent again though the server has it.
struct TransferWatch: Sendable {
    /// How long an answer may take. After the end of the data ten minutes are wanted (section 4.5.3.2.6).
    let answer: Duration
    /// How long the server may take nothing while there is more of the mail (section 4.5.3.2.5).
    let stall: Duration

    private var moved = 0
    private var since: ContinuousClock.Instant?

    init(answer: Duration = .seconds(600), stall: Duration = .seconds(180)) {
        self.answer = answer
        self.stall = stall
    }

    /// For the next mail.
    var anew: TransferWatch { TransferWatch(answer: answer, stall: stall) }

    /// To be asked again and again.
    /// - Parameters:
    ///   - handedOver: bytes of the mail that libcurl has got.
    ///   - uploaded: bytes that the system has got from libcurl.
    mutating func isStalled(
        handedOver: Int, of size: Int, uploaded: Int, at now: ContinuousClock.Instant
    ) -> Bool {
        guard handedOver > 0, let since, moved == handedOver + uploaded else {
            (moved, since) = (handedOver + uploaded, now)
            return false
        }
        return now - since > (handedOver < size ? stall : answer)
    }
}
