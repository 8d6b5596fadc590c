@testable import IntakeServer

/// Mail as tests write it.
struct Mails {
    var from = "Maria <maria@customer.example>"
    var to = "support@desk.example"
    var subject = "Help"
    var body = "My printer burns."
    var headers: [String] = []

    var bytes: [UInt8] {
        let lines = ["From: \(from)", "To: \(to)", "Subject: \(subject)"] + headers + ["", body, ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    static func with(_ change: (inout Mails) -> Void) -> [UInt8] {
        var mail = Mails()
        change(&mail)
        return mail.bytes
    }
}

extension Desk {
    @discardableResult
    func accept(
        _ raw: [UInt8], to recipient: String = "support@desk.example", envelopeFrom: String? = "maria@customer.example"
    ) async throws -> MailOutcome {
        try await api.mail.accept(raw, envelopeFrom: envelopeFrom, recipient: recipient)
    }
}
