extension Schemas {
    private static let customFields: Shape = .map(.text(10_000), maximum: 100)
    private static let changedFields: Shape = .map(.nullable(.text(10_000)), maximum: 100)
    private static let tags: Shape = .list(.text(100, minimum: 1), maximum: 100)
    private static let attachmentIDs: Shape = .list(.id, maximum: 50)

    /// The longest text of a message, in Unicode scalars.
    static let maximumTextLength = 250_000

    static let ticketRequests: [String: Shape] = [
        "NewTicket": .object([
            .required("subject", .text(500, minimum: 1)),
            .required("body", .text(maximumTextLength, minimum: 1)),
            .required(
                "requester", .named("RequesterReference"), "A requester's own token opens tickets of its own alone."),
            .optional("priority", .choice(Names.priorities), "`normal` when left out."),
            .optional("type", .choice(Names.types), "`question` when left out."),
            .optional("tags", tags),
            .optional("team_id", .nullable(.id)),
            .optional("assignee_id", .nullable(.id)),
            .optional("channel", .choice(Names.channels), "`api` when left out."),
            .optional("custom_fields", customFields),
            .optional("html_body", .text(maximumTextLength)),
            .optional("attachments", attachmentIDs, "Ids of uploads by the same caller."),
        ]),
        "RequesterReference": .object([
            .optional("email", .text(TextRule(minimum: 3, maximum: 254, format: .email)), "This, or `id`."),
            .optional("name", .text(200)),
            .optional("id", .id, "An existing requester."),
        ]),
        "TicketPatch": .object([
            .optional("status", .choice(Names.statuses)),
            .optional("priority", .choice(Names.priorities)),
            .optional("type", .choice(Names.types)),
            .optional("subject", .text(500, minimum: 1)),
            .optional("tags", tags, "All of them: those not named are taken off."),
            .optional("assignee_id", .nullable(.id), "Null takes the assignee off."),
            .optional("team_id", .nullable(.id)),
            .optional("tier", .integer(1...3)),
            .optional("custom_fields", changedFields, "Those named are set; null removes one."),
        ]),
        "NewMessage": .object([
            .required("body", .text(maximumTextLength, minimum: 1)),
            .required("visibility", .choice(Names.visibilities), "`internal` is a note among staff."),
            .optional("html_body", .text(maximumTextLength)),
            .optional(
                "attachments", attachmentIDs,
                "Ids of uploads by the same caller. In a public message by staff, which is mailed, of 25 MiB together at most."
            ),
            .optional("status", .choice(Names.statuses), "The ticket's status after the message."),
            .optional(
                "seen_message_count", .integer(0...1_000_000),
                "Refused with 412 and what is new when there are more messages by now."),
        ]),
    ]

    static let ticketAnswers: [String: Shape] = [
        "Ticket": .object(ticketFields),
        "FoundTicket": .object(
            ticketFields + [
                .required("snippet", .text(100_000), "HTML: escaped text with the matches in `<mark>`."),
                .required("rank", .number, "The greater the better."),
            ]),
        "TicketRequester": .object([
            .required("id", .id), .required("email", .nullable(.text(254))), .required("name", .nullable(.text(1_000))),
        ]),
        "Deadlines": .object([
            .required("first_response_due_at", .nullable(.instant)),
            .required("next_response_due_at", .nullable(.instant)),
            .required("resolution_due_at", .nullable(.instant)),
            .required("breached", .nullable(.boolean)),
            .required("paused", .nullable(.boolean)),
        ]),
        "Message": .object([
            .required("id", .id), .required("ticket_id", .id), .required("visibility", .choice(Names.visibilities)),
            .required("channel", .nullable(.choice(Names.channels))), .required("author", .named("Actor")),
            .required("text", .text(100_000_000)),
            .required("new_text", .text(100_000_000), "Without quoted history and signature."),
            .required("html", .nullable(.text(100_000_000)), "Sanitized; loads nothing remote."),
            .required("attachments", .list(.named("Attachment"), maximum: 10_000)),
            .required("automatic", .boolean, "Whether a machine wrote it (RFC 3834)."),
            .required("has_source", .boolean, "Whether its raw mail can be downloaded."),
            .required(
                "wrappers", .list(.choice(Names.wrappers), maximum: 4),
                "What the mail, or a part of it, came in. A signature was seen, not verified."),
            .required(
                "has_remote_images", .boolean,
                "Whether its HTML came with images that lie elsewhere; `html` is without them."),
            .required("created_at", .instant),
        ]),
        "Attachment": .object([
            .required("id", .id), .required("filename", .text(10_000)), .required("content_type", .text(1_000)),
            .required("size", .integer(0...9_007_199_254_740_991), "In bytes."), .required("inline", .boolean),
            .required("content_id", .nullable(.text(1_000))),
        ]),
        "Actor": .object([
            .required("kind", .choice(["system", "requester", "agent", "service", "rule"])),
            .required("id", .nullable(.id)), .required("name", .nullable(.text(1_000))),
        ]),
        "HistoryEvent": .open([
            .required("id", .id), .required("at", .instant), .required("kind", .text(100)),
            .required("actor", .named("Actor")),
        ]),
        "AcceptedMail": .object([
            .required("ticket_id", .nullable(.id)), .required("message_id", .nullable(.id)),
            .required("repeated", .boolean, "Whether it was stored before."), .required("quarantined", .boolean),
            .required("suspended_mail_id", .nullable(.id), "Its sender is blocked: it was kept apart, on no ticket."),
        ]),
        "RoutingExplanation": .object([
            .required("ticket_id", .id),
            .required("queue_position", .nullable(.integer(1...1_000_000_000)), "Null when it does not wait."),
            .required("decisions", .list(.named("Decision"), maximum: 100_000)),
        ]),
        "Decision": .object([
            .required("at", .instant), .required("team_id", .nullable(.id)), .required("assignee_id", .nullable(.id)),
            .required("reason", .text(100)), .required("outcome", .text(100)),
            .required("candidates", .list(.named("Candidate"), maximum: 100_000)),
        ]),
        "Candidate": .object([
            .required("agent_id", .id), .required("tier", .integer(0...3)), .required("load", .integer(0...1_000_000)),
            .required("capacity", .integer(0...1_000_000)), .required("verdict", .text(100)),
        ]),
    ]

    private static let ticketFields: [Field] = [
        .required("id", .id), .required("subject", .text(100_000)), .required("status", .choice(Names.statuses)),
        .required("priority", .choice(Names.priorities)), .required("type", .choice(Names.types)),
        .required("channel", .choice(Names.channels)), .required("requester", .nullable(.named("TicketRequester"))),
        .required("organization_id", .nullable(.id)), .required("team_id", .nullable(.id)),
        .required("assignee_id", .nullable(.id)), .required("tier", .integer(0...3)),
        .required("tags", .list(.text(1_000), maximum: 1_000)),
        .required("custom_fields", .map(.text(100_000), maximum: 1_000)),
        .required(
            "sla", .named("Deadlines"),
            "All null while the SLA timer is away (`Firstline-Stale: sla`) or for requesters."),
        .required("version", .integer(1...9_007_199_254_740_991)), .required("created_at", .instant),
        .required("updated_at", .instant), .required("solved_at", .nullable(.instant)),
        .required("message_count", .integer(0...1_000_000_000), "Of the messages that the caller may see."),
        .required("quarantined", .boolean), .required("language", .nullable(.text(100))),
        .required("merged_into_id", .nullable(.id), "The ticket that it was merged into."),
        .required(
            "satisfaction", .nullable(.choice(Names.satisfactions)),
            "What the requester answered to the survey; null for nothing."),
    ]
}
