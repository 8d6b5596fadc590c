import Model

/// The facts that a template may name. There is none that tells an address of anybody but the desk, nor a word of an internal note: what a
/// template cannot name, it cannot let out.
enum TemplateFields {
    /// The templates that there are.
    static let kinds: [DeliveryKind] = [
        .acknowledgement, .assignment, .reply, .slaWarning, .slaBreach, .solved, .mention, .survey,
    ]

    private static let everywhere: Set<String> = [
        "brand.name", "brand.address", "brand.color", "brand.footer", "ticket.id", "ticket.subject", "ticket.status",
        "ticket.priority", "recipient.name",
    ]
    private static let quote: Set<String> = ["quote", "quote.intro", "quote.author", "quote.date", "quote.text"]

    /// What a template of a kind may name in its subject and its text.
    static func names(_ kind: DeliveryKind) -> Set<String> {
        switch kind {
        case .reply:
            everywhere.union(quote).union(["ticket.reply_subject", "message.text", "agent.name", "agent.signature"])
        case .assignment: everywhere.union(["requester.name"])
        case .slaWarning, .slaBreach: everywhere.union(["requester.name", "promise.metric"])
        case .mention: everywhere.union(["requester.name", "agent.name"])
        case .survey: everywhere.union(["survey.url", "survey.good_url", "survey.bad_url"])
        case .acknowledgement, .solved, .unspecified: everywhere
        }
    }

    /// What its HTML may put in as it stands, by three braces, for it was made safe before.
    static func htmlNames(_ kind: DeliveryKind) -> Set<String> {
        kind == .reply
            ? ["brand.footer_html", "message.html", "quote.html", "agent.signature_html"] : ["brand.footer_html"]
    }
}
