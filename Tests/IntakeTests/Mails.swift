import Model
import Store

@testable import IntakeServer

/// Mail as tests write it.
struct Mails {
    var from = "Maria <maria@customer.example>"
    var to = "support@desk.example"
    var subject = "Help"
    var body = "My printer burns."
    var headers: [String] = []
    /// What a mail server wrote above it.
    var first: [String] = []

    var bytes: [UInt8] {
        let lines = first + ["From: \(from)", "To: \(to)", "Subject: \(subject)"] + headers + ["", body, ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    static func with(_ change: (inout Mails) -> Void) -> [UInt8] {
        var mail = Mails()
        change(&mail)
        return mail.bytes
    }
}

extension Desk {
    /// As from the desk's own mail server.
    @discardableResult
    func acceptFromServer(_ raw: [UInt8], to recipient: String = "support@desk.example") async throws -> MailOutcome {
        try await api.mail.accept(
            raw, envelopeFrom: "berta@desk.example", recipient: recipient, isFromServer: true)
    }

    /// Enters an agent, as the gateway's journal and its answer do.
    func enter(user userID: Int64, _ email: String) async throws {
        try await store.write("test") { transaction in
            let entry = JournalEntry(
                offset: 3, term: 1, body: .userChanged(UserChanged(userID: userID, role: .agent, active: true)))
            try transaction.applyGateway(entry)
            try transaction.putStaffAddress(email, userID: userID, revision: 3)
        }
    }

    @discardableResult
    func accept(
        _ raw: [UInt8], to recipient: String = "support@desk.example", envelopeFrom: String? = "maria@customer.example"
    ) async throws -> MailOutcome {
        try await api.mail.accept(raw, envelopeFrom: envelopeFrom, recipient: recipient)
    }
}
