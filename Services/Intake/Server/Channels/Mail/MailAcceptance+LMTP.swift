import Logging
import Store

extension MailAcceptance {
    /// Accepts a mail for one recipient, and says in LMTP's words what became of it.
    func deliver(_ raw: [UInt8], from envelope: LMTPEnvelope, to recipient: String, logger: Logger) async -> LMTPOutcome
    {
        do {
            let outcome = try await accept(
                raw, envelopeFrom: envelope.from, recipient: recipient, isFromServer: true)
            guard outcome.suspendedMailID == 0 else {
                logger.info("mail suspended", metadata: ["suspended_mail.id": "\(outcome.suspendedMailID)"])
                return .suspended
            }
            logger.info(
                "mail accepted", metadata: ["ticket.id": "\(outcome.ticketID)", "message.id": "\(outcome.messageID)"])
            return .stored(ticketID: outcome.ticketID, messageID: outcome.messageID)
        } catch StoreError.full {
            logger.error("Mail was not stored: no space left")
            return .temporary(code: 452, text: "No space left")
        } catch StoreError.overloaded {
            return .temporary(text: "Too busy, try again")
        } catch {
            logger.error("Mail was not stored", metadata: ["error": "\(error)"])
            return .temporary()
        }
    }
}
