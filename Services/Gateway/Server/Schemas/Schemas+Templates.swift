/// Templates of mails.
extension Schemas {
    private static let subject: Shape = .text(500, minimum: 1)
    private static let text: Shape = .text(100_000, minimum: 1)
    private static let html: Shape = .text(100_000)

    private static let words: [Field] = [
        .required("kind", .choice(Names.deliveryKinds)), .required("language", .choice(Names.languages)),
        .required("subject", subject, "A mustache template, as the other two; becomes one line."),
        .required("text", text), .optional("html", html, "Facts are escaped. Without it the mail has no HTML part."),
    ]

    static let templateRequests: [String: Shape] = [
        "NewTemplate": .object(words + [.required("mailbox_id", .id, "Whose mails it words.")]),
        "TemplatePreview": .object(words),
        "TemplatePatch": .object([
            .optional("subject", subject), .optional("text", text), .optional("html", html),
        ]),
    ]

    static let templateAnswers: [String: Shape] = [
        "Template": .object([
            .required("id", .id), .required("kind", .choice(Names.deliveryKinds)),
            .required("language", .choice(Names.languages)),
            .required("mailbox_id", .nullable(.id), "Null: for every mailbox that has none of its own."),
            .required("subject", .text(1_000)), .required("text", .text(200_000)), .required("html", .text(200_000)),
            .required("original", .boolean, "Stands as the product brought it."),
            .required("version", .integer(0...9_007_199_254_740_991)), .required("updated_at", .nullable(.instant)),
        ]),
        "TemplatePreviewed": .object([
            .required("subject", .text(10_000)), .required("text", .text(1_000_000)),
            .required("html", .text(1_000_000)),
        ]),
    ]
}
