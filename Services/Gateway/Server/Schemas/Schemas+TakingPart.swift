extension Schemas {
    static let takingPartRequests: [String: Shape] = [
        "Merge": .object([.required("into", .id, "The ticket that goes on.")]),
        "NewParticipant": .object([.required("requester", .named("RequesterReference"))]),
        "NewBlockedSender": .object([
            .required("sender", .text(254, minimum: 3), "`name@domain`, or `domain` with all below it."),
            .optional("reason", .text(200)),
        ]),
    ]

    static let takingPartAnswers: [String: Shape] = [
        "Participant": .object([
            .required("requester", .named("TicketRequester")), .required("added_at", .instant),
            .required("added_by", .named("Actor")),
        ]),
        "BlockedSender": .object([
            .required("id", .id), .required("sender", .text(254)), .required("reason", .nullable(.text(1_000))),
            .required("created_at", .instant), .required("created_by", .named("Actor")),
        ]),
        "SuspendedMail": .object([
            .required("id", .id), .required("blocked_sender_id", .id), .required("sender", .nullable(.text(254))),
            .required("subject", .text(1_000)), .required("recipient", .nullable(.text(254))),
            .required("size", .integer(0...9_007_199_254_740_991), "In bytes."), .required("received_at", .instant),
            .required("expires_at", .instant, "Then it is forgotten."),
        ]),
    ]
}
