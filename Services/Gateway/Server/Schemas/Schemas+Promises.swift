/// Calendars, policies, timers and deliveries.
extension Schemas {
    private static let timeOfDay: Shape = .text(TextRule(minimum: 5, maximum: 5, format: .timeOfDay))
    private static let interval: Shape = .list(timeOfDay, maximum: 2)
    private static let hours: Shape = .object(
        Names.weekdays.map { .optional($0, .list(interval, maximum: 24)) })
    private static let holidays: Shape = .list(
        .object([
            .required("date", .text(TextRule(minimum: 10, maximum: 10, format: .date))), .optional("name", .text(200)),
        ]), maximum: 1_000)
    private static let targets: Shape = .object(Names.priorities.map { .optional($0, .named("SLATarget")) })
    private static let zone: Shape = .text(100, minimum: 1)

    private static let policyFields: [Field] = [
        .optional("position", .integer(0...1_000_000), "The first policy that matches counts."),
        .optional("conditions", .named("Condition")),
        .optional("warn_at", .numberBetween(0, 1), "Share of the target after which it warns; 0.8 when left out."),
    ]

    static let promiseRequests: [String: Shape] = [
        "NewCalendar": .object([
            .required("name", .text(200, minimum: 1)), .required("time_zone", zone, "IANA."),
            .required("hours", hours, "Of local time, as `{\"mon\": [[\"09:00\", \"17:00\"]]}`; `24:00` ends a day."),
            .optional("holidays", holidays),
        ]),
        "CalendarPatch": .object([
            .optional("name", .text(200, minimum: 1)), .optional("time_zone", zone), .optional("hours", hours),
            .optional("holidays", holidays),
        ]),
        "PreviewedCalendar": .object([
            .optional("id", .nullable(.id)), .optional("name", .text(200)), .required("time_zone", zone),
            .required("hours", hours), .optional("holidays", holidays),
            .optional("version", .integer(0...9_007_199_254_740_991)),
        ]),
        "CalendarPreview": .object([
            .optional("calendar", .named("PreviewedCalendar"), "This, or `calendar_id`."),
            .optional("calendar_id", .id),
            .required("from", .instant), .optional("business", .duration, "Answers `due_at`. This, or `until`."),
            .optional("until", .instant, "Answers `business`."),
        ]),
        "NewSLAPolicy": .object(
            [
                .required("name", .text(200, minimum: 1)), .required("calendar_id", .id), .required("targets", targets),
            ] + policyFields),
        "SLAPolicyPatch": .object(
            [
                .optional("name", .text(200, minimum: 1)), .optional("calendar_id", .id), .optional("targets", targets),
            ] + policyFields),
        "SLATarget": .object([
            .optional("first_response", .nullable(.duration), "Of business time, as `PT1H`."),
            .optional("next_response", .nullable(.duration)), .optional("resolution", .nullable(.duration)),
        ]),
        "Condition": .object([
            .optional("all", .list(.named("Comparison"), maximum: 50)),
            .optional("any", .list(.named("Comparison"), maximum: 50)),
        ]),
        "Comparison": .object([
            .required("field", .choice(Names.conditionFields)), .required("op", .choice(Names.operators)),
            .required("value", .textOrInteger(TextRule(maximum: 1_000)), "With `in` a comma-separated list."),
        ]),
    ]

    static let promiseAnswers: [String: Shape] = [
        "Calendar": .object([
            .required("id", .id), .required("name", .text(1_000)), .required("time_zone", .text(100)),
            .required("hours", hours), .required("holidays", holidays),
            .required("version", .integer(0...9_007_199_254_740_991)),
        ]),
        "CalendarPreviewed": .object([
            .optional("due_at", .instant), .optional("business", .text(100)),
            .required("explanation", .list(.named("ExplainedInterval"), maximum: 1_000_000)),
        ]),
        "ExplainedInterval": .object([
            .required("from", .instant), .required("to", .instant), .required("counted", .boolean),
            .required("why", .text(1_000)),
        ]),
        "SLAPolicy": .object([
            .required("id", .id), .required("name", .text(1_000)), .required("position", .integer(0...1_000_000)),
            .required("conditions", .named("Condition")), .required("calendar_id", .nullable(.id)),
            .required("targets", targets), .required("warn_at", .number),
            .required("version", .integer(0...9_007_199_254_740_991)),
        ]),
        "TicketTimers": .object([
            .required("timers", .list(.named("Timer"), maximum: 100))
        ]),
        "Timer": .object([
            .required("metric", .choice(Names.metrics)), .required("state", .choice(Names.timerStates)),
            .required("started_at", .instant), .required("due_at", .nullable(.instant)),
            .required("remaining", .text(100), "Of business time; negative when overdue."),
            .required("policy_id", .nullable(.id)), .required("policy_name", .nullable(.text(1_000))),
            .required("calendar_id", .nullable(.id)), .required("ended_at", .nullable(.instant)),
            .required("warned", .boolean),
            .required("explanation", .list(.named("ExplainedInterval"), maximum: 1_000_000)),
        ]),
        "Suppression": .object([
            .required("id", .id), .required("address", .text(1_000)),
            .required(
                "status", .text(100), "The enhanced status code (RFC 3463) that says that there is no such address."),
            .required("delivery_id", .nullable(.id), "What failed or came back."),
            .required("ticket_id", .nullable(.id)), .required("at", .instant),
        ]),
        "Delivery": .object([
            .required("id", .id), .required("kind", .choice(Names.deliveryKinds)),
            .required("ticket_id", .nullable(.id)),
            .required("message_id", .nullable(.id)), .required("recipient", .nullable(.text(1_000))),
            .required("state", .choice(Names.deliveryStates)), .required("attempts", .integer(0...1_000_000)),
            .required("next_attempt_at", .nullable(.instant)), .required("last_error", .nullable(.text(10_000))),
            .required("message_id_header", .nullable(.text(1_000))), .required("created_at", .instant),
            .required("sent_at", .nullable(.instant)),
            .required("relay", .nullable(.text(1_000)), "The mail server that took it."),
            .required("bounced_at", .nullable(.instant)),
        ]),
    ]
}
