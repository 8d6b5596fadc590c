import Mustache

/// The console's templates.
struct Pages: Sendable {
    private let library: MustacheLibrary

    /// Throws when a template is malformed, which a test would have found.
    init() throws {
        var library = MustacheLibrary()
        for (name, source) in Self.sources {
            try library.register(String(decoding: source, as: UTF8.self), named: name)
        }
        self.library = library
    }

    private static let sources: [(String, [UInt8])] = [
        ("layout", PackageResources.layout_mustache), ("sign_in", PackageResources.sign_in_mustache),
        ("notice", PackageResources.notice_mustache), ("queue", PackageResources.queue_mustache),
        ("ticket", PackageResources.ticket_mustache), ("formatted", PackageResources.formatted_mustache),
        ("docs", PackageResources.docs_mustache),
        ("survey", PackageResources.survey_mustache), ("merge", PackageResources.merge_mustache),
        ("field", PackageResources.field_mustache), ("settings_head", PackageResources.settings_head_mustache),
        ("profile", PackageResources.profile_mustache), ("mailboxes", PackageResources.mailboxes_mustache),
        ("mailbox", PackageResources.mailbox_mustache),
        ("blocked_senders", PackageResources.blocked_senders_mustache),
        ("suspended_mails", PackageResources.suspended_mails_mustache),
        ("suppressions", PackageResources.suppressions_mustache),
    ]

    func render(_ name: String, _ view: [String: Any]) -> String {
        guard let page = library.render(view, withTemplate: name) else {
            preconditionFailure("no template is named \(name)")
        }
        return page
    }
}
