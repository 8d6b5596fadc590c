/// The pages of what is set beside tickets.
enum SettingsPage: String, CaseIterable, Sendable {
    case profile, mailboxes, blocked, suspended, suppressions

    /// Whoever may not call this is not offered the page. Its owner refuses them all the same.
    var method: String {
        switch self {
        case .profile: "firstline.v1.Routing/SetPresence"
        case .mailboxes: "firstline.v1.Intake/ListMailboxes"
        case .blocked: "firstline.v1.Intake/ListBlockedSenders"
        case .suspended: "firstline.v1.Intake/ListSuspendedMails"
        case .suppressions: "firstline.v1.Notification/ListSuppressions"
        }
    }

    var path: String { "/settings/\(rawValue)" }
}
