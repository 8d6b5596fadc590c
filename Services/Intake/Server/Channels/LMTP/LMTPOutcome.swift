/// What became of a mail for one recipient.
public enum LMTPOutcome: Sendable, Hashable {
    /// On disk: the transaction that holds it is fsynced.
    case stored(ticketID: Int64, messageID: Int64)
    /// On disk, on no ticket: its sender is blocked.
    case suspended
    /// Not now; the client tries again. `code` is 4xx (451 or 452), `text` without the enhanced status.
    case temporary(code: Int = 451, text: String = "Cannot store now")
    /// Never. `code` is 5xx.
    case permanent(code: Int = 554, text: String = "Cannot be stored")

    /// As a metric's label.
    var name: String {
        switch self {
        case .stored: "stored"
        case .suspended: "suspended"
        case .temporary: "temporary"
        case .permanent: "permanent"
        }
    }

    /// The reply line, without CR LF.
    var reply: String {
        switch self {
        case .stored(let ticketID, let messageID):
            return "250 2.1.5 Stored as ticket \(ticketID) message \(messageID)"
        case .suspended: return "250 2.1.5 Accepted"
        case .temporary(let code, let text):
            let code = (400...499).contains(code) ? code : 451
            return "\(code) \(code == 452 ? "4.3.1" : "4.3.0") \(Self.line(text))"
        case .permanent(let code, let text):
            let code = (500...599).contains(code) ? code : 554
            return "\(code) \(code == 552 ? "5.3.4" : "5.6.0") \(Self.line(text))"
        }
    }

    /// A text must not end its reply line early.
    private static func line(_ text: String) -> String {
        String(decoding: text.utf8.prefix(400).map { (32...126).contains($0) ? $0 : 32 }, as: UTF8.self)
    }
}
