import Model
import Wire

/// One mailbox that is fetched by IMAP, in `firstline status --json`.
struct MailboxStatus: Encodable, Sendable {
    enum CodingKeys: String, CodingKey {
        case id, address, phase, error, fetched, quarantined, troubled
        case errorCode = "error_code"
        case failedAt = "failed_at"
        case polledAt = "polled_at"
    }

    var id: Int64
    var address: String
    var phase: String
    /// The last error; nil for none.
    var errorCode: String?
    var error: String?
    var failedAt: String?
    var polledAt: String?
    var fetched: Int64
    var quarantined: Int64
    var troubled: Int64

    /// Nil for one that is not fetched.
    init?(_ mailbox: Mailbox) {
        guard let state = mailbox.imapState else { return nil }
        id = mailbox.id
        address = mailbox.address
        phase = state.phase.name
        errorCode = state.errorCode.isEmpty ? nil : state.errorCode
        error = state.error.isEmpty ? nil : state.error
        failedAt = Self.text(state.failedAtMilliseconds)
        polledAt = Self.text(state.polledAtMilliseconds)
        fetched = state.fetched
        quarantined = state.quarantined
        troubled = state.troubled
    }

    /// Those that are fetched; nil while Intake does not answer.
    static func all(_ clients: SystemClients) async -> [MailboxStatus]? {
        let list = try? await IntakeClient(clients.channel("intake"))
            .listMailboxes(ListMailboxesRequest(), CallOptions(timeout: .seconds(2)))
        return list?.mailboxes.compactMap { MailboxStatus($0) }
    }

    private static func text(_ milliseconds: Int64) -> String? {
        milliseconds == 0 ? nil : Instant(milliseconds: milliseconds).description
    }
}
