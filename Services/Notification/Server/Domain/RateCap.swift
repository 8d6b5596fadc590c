import Model

/// How much mail one address gets: the last defence against two machines that answer each other.
enum RateCap {
    static let windowMilliseconds: Int64 = 10 * 60_000
    /// Acknowledgements to one requester within the window; more are suppressed.
    static let mostAcknowledgements = 3
    /// Alerts to one agent within the window; more are suppressed, the console shows them all.
    static let mostAlerts = 60

    /// Word of solved tickets to one requester, and questions how it was, within the window; more are suppressed.
    static let mostSolved = 20

    /// How many of a kind one address may get within the window; nil for no cap, as for what a person wrote.
    static func most(_ kind: DeliveryKind) -> Int? {
        switch kind {
        case .acknowledgement: mostAcknowledgements
        case .assignment, .slaWarning, .slaBreach, .mention: mostAlerts
        case .solved, .survey: mostSolved
        case .reply, .unspecified: nil
        }
    }
}
