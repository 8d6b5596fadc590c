extension Schemas {
    private static let email: Shape = .text(TextRule(minimum: 3, maximum: 254, format: .email))
    private static let language: Shape = .text(35)

    private static let requesterFields: [Field] = [
        .optional("name", .text(200)), .optional("organization_id", .nullable(.id)),
        .optional("external_id", .nullable(.text(200))), .optional("language", .nullable(language), "BCP 47."),
        .optional("calendar_id", .nullable(.id)),
    ]
    private static let organizationFields: [Field] = [
        .optional("external_id", .nullable(.text(200))),
        .optional(
            "domains", .list(.text(253, minimum: 1), maximum: 100), "Requesters with an address there belong to it."),
        .optional("language", .nullable(language)), .optional("calendar_id", .nullable(.id)),
    ]
    private static let routingFields: [Field] = [
        .optional("team_ids", .list(.id, maximum: 100)), .optional("tier", .integer(1...3)),
        .optional("skills", .list(.text(100, minimum: 1), maximum: 100)),
        .optional("capacity", .integer(0...10_000), "Open tickets at once."),
        .optional("presence", .choice(Names.presences)),
    ]

    private static let brandFields: [Field] = [
        .optional("from_name", .nullable(.text(256)), "Before the address in its mails; its name when left out."),
        .optional("color", .nullable(.text(7)), "Of its HTML mails, as `#1a2b3c`."),
        .optional("footer", .nullable(.text(4_096)), "At the end of its mails to requesters, as plain text."),
        .optional(
            "survey_after_minutes", .integer(0...4_320),
            "How long after a ticket was solved its requester is asked how it was, once; 0, as when left out, for never."
        ),
    ]

    static let peopleRequests: [String: Shape] = [
        "NewRequester": .object([.required("email", email)] + requesterFields),
        "RequesterPatch": .object([.optional("email", email)] + requesterFields),
        "NewOrganization": .object([.required("name", .text(200, minimum: 1))] + organizationFields),
        "OrganizationPatch": .object([.optional("name", .text(200, minimum: 1))] + organizationFields),
        "NewAgent": .object(
            [
                .required("name", .text(200, minimum: 1)), .required("email", email),
                .optional("role", .choice(Names.staffRoles), "`agent` when left out."), .optional("language", language),
            ] + routingFields),
        "AgentPatch": .object(
            [
                .optional("name", .text(200, minimum: 1)), .optional("email", email),
                .optional("role", .choice(Names.staffRoles)), .optional("language", language),
                .optional("active", .boolean),
                .optional(
                    "signature", .nullable(.text(4_096)),
                    "Stands below their replies, as plain text; null: their name. One's own, or an administrator's to set."
                ),
            ] + routingFields),
        "NewTeam": .object([.required("name", .text(200, minimum: 1))]),
        "TeamPatch": .object([.optional("name", .text(200, minimum: 1))]),
        "NewMailbox": .object(
            [
                .required("name", .text(200, minimum: 1)), .required("address", email),
                .optional("team_id", .nullable(.id)), .optional("imap", .nullable(.named("IMAPSettings"))),
                .optional("cc_policy", .choice(Names.copyPolicies), "`known` when left out."),
            ] + brandFields),
        "MailboxPatch": .object(
            [
                .optional("name", .text(200, minimum: 1)), .optional("team_id", .nullable(.id)),
                .optional("cc_policy", .choice(Names.copyPolicies)),
                .optional(
                    "imap", .nullable(.named("IMAPSettings")),
                    "All of it at once; the secret may be left out while the server stays the same. Null ends the fetching."
                ),
            ] + brandFields),
        "IMAPSettings": .object([
            .required("host", .text(253, minimum: 1)),
            .optional("port", .nullable(.integer(1...65_535)), "993 with `tls`, 143 with `starttls` when left out."),
            .optional("security", .choice(Names.mailSecurities), "`tls` when left out."),
            .required("user", .text(256, minimum: 1)),
            .optional("sign_in", .choice(Names.mailSignIns), "`password` when left out."),
            .optional(
                "secret", .nullable(.text(16_384)), "The password, or the access token of `xoauth2`. Never told."),
            .optional(
                "secret_file", .nullable(.text(255)),
                "Instead of it: the name of a file in the folder that Intake's setting `imap-secrets` names."),
            .optional("folder", .text(256, minimum: 1), "`INBOX` when left out."),
            .optional(
                "after", .choice(Names.afterFetches),
                "What becomes of a mail on its server once it is stored: `leave` when left out."),
            .optional("move_to", .nullable(.text(256)), "The folder, with `move`; made when missing."),
            .optional("poll_seconds", .integer(5...3_600), "Pause between looks where the server has no IDLE; 60."),
            .optional("paused", .boolean),
        ]),
        "NewToken": .object([
            .required("name", .text(200, minimum: 1)), .required("role", .choice(Names.roles)),
            .optional("agent_id", .nullable(.id), "As whom it acts; left out, as who makes it."),
            .optional("requester_id", .nullable(.id), "Wanted with the role `requester`."),
            .optional("scopes", .list(.choice(["read", "write"]), maximum: 2), "`read` alone changes nothing."),
        ]),
    ]

    static let peopleAnswers: [String: Shape] = [
        "Requester": .object([
            .required("id", .id), .required("email", .nullable(.text(254))), .required("name", .nullable(.text(1_000))),
            .required("organization_id", .nullable(.id)), .required("external_id", .nullable(.text(1_000))),
            .required("language", .nullable(.text(100))), .required("calendar_id", .nullable(.id)),
            .required("created_at", .instant), .required("updated_at", .instant),
        ]),
        "Organization": .object([
            .required("id", .id), .required("name", .text(1_000)), .required("external_id", .nullable(.text(1_000))),
            .required("domains", .list(.text(253), maximum: 1_000)), .required("language", .nullable(.text(100))),
            .required("calendar_id", .nullable(.id)), .required("created_at", .instant),
            .required("updated_at", .instant),
        ]),
        "Agent": .object([
            .required("id", .id), .required("name", .text(1_000)), .required("email", .text(254)),
            .required("role", .choice(Names.staffRoles)), .required("active", .boolean),
            .required("language", .nullable(.text(100))), .required("signature", .nullable(.text(10_000))),
            .required("team_ids", .list(.id, maximum: 1_000)), .required("tier", .nullable(.integer(1...3))),
            .required("skills", .list(.text(1_000), maximum: 1_000)),
            .required("capacity", .nullable(.integer(0...10_000))),
            .required("presence", .nullable(.choice(Names.presences))),
            .required("load", .nullable(.integer(0...1_000_000)), "Tickets neither solved nor closed."),
        ]),
        "Team": .object([
            .required("id", .id), .required("name", .text(1_000)), .required("created_at", .instant),
            .required("updated_at", .instant),
        ]),
        "Mailbox": .object([
            .required("id", .id), .required("name", .text(1_000)), .required("address", .text(254)),
            .required("team_id", .nullable(.id)), .required("default", .boolean),
            .required(
                "cc_policy", .choice(Names.copyPolicies),
                "Whom a mail names in Cc takes part: nobody, who is known or of the sender's organization, or everybody."
            ),
            .required("from_name", .nullable(.text(1_000))), .required("color", .nullable(.text(7))),
            .required("footer", .nullable(.text(10_000))), .required("survey_after_minutes", .integer(0...4_320)),
            .required(
                "imap", .nullable(.named("IMAPSource")),
                "Where its mail is fetched; null for nowhere, and for whoever is no administrator."),
            .required("imap_state", .nullable(.named("IMAPState"))),
        ]),
        "IMAPSource": .object([
            .required("host", .text(253)), .required("port", .nullable(.integer(1...65_535))),
            .required("security", .choice(Names.mailSecurities)), .required("user", .text(256)),
            .required("sign_in", .choice(Names.mailSignIns)), .required("secret_file", .nullable(.text(255))),
            .required("folder", .text(256)), .required("after", .choice(Names.afterFetches)),
            .required("move_to", .nullable(.text(256))), .required("poll_seconds", .integer(5...3_600)),
            .required("paused", .boolean),
        ]),
        "IMAPState": .object([
            .required("phase", .choice(Names.fetchPhases)),
            .required("error_code", .nullable(.text(100)), "The last error; null for none."),
            .required("error", .nullable(.text(1_000)), "In words, to administrators alone."),
            .required("failed_at", .nullable(.instant)),
            .required("polled_at", .nullable(.instant), "When a look last came to its end, to half a minute."),
            .required("fetched", .integer(0...9_007_199_254_740_991)),
            .required("quarantined", .integer(0...9_007_199_254_740_991)),
            .required("troubled", .integer(0...9_007_199_254_740_991), "Mails that failed and are tried again."),
        ]),
        "Token": .object(tokenFields),
        "CreatedToken": .object(tokenFields + [.required("token", .text(200), "Told here and never again.")]),
        "Me": .object([
            .required("role", .choice(Names.roles)), .required("user_id", .nullable(.id)),
            .required("requester_id", .nullable(.id)), .required("name", .nullable(.text(1_000))),
            .required("email", .nullable(.text(254))), .required("language", .nullable(.text(100))),
            .required("scopes", .list(.text(100), maximum: 100)), .required("token_name", .nullable(.text(1_000))),
        ]),
    ]

    private static let tokenFields: [Field] = [
        .required("id", .id), .required("name", .text(1_000)), .required("role", .choice(Names.roles)),
        .required("agent_id", .nullable(.id)), .required("requester_id", .nullable(.id)),
        .required("scopes", .list(.text(100), maximum: 100)), .required("created_at", .instant),
        .required("last_used_at", .nullable(.instant)), .required("revoked_at", .nullable(.instant)),
    ]
}
