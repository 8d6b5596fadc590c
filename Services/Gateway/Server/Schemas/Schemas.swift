/// Every named shape of the API: what requests must be like, and what answers are like.
enum Schemas {
    /// Shapes of request bodies: closed, unknown fields are refused.
    static let requests: [String: Shape] = ticketRequests.merging(peopleRequests, uniquingKeysWith: first)
        .merging(promiseRequests, uniquingKeysWith: first).merging(templateRequests, uniquingKeysWith: first)
        .merging(takingPartRequests, uniquingKeysWith: first)

    /// Shapes of answers: they may grow.
    static let answers: [String: Shape] = ticketAnswers.merging(peopleAnswers, uniquingKeysWith: first)
        .merging(promiseAnswers, uniquingKeysWith: first).merging(templateAnswers, uniquingKeysWith: first)
        .merging(takingPartAnswers, uniquingKeysWith: first)
        .merging(["Problem": problem, "Violation": violation]) {
            old, _ in old
        }

    private static let all = requests.merging(answers, uniquingKeysWith: first)

    static func shape(named name: String) -> Shape {
        guard let shape = all[name] else { preconditionFailure("no schema is named \(name)") }
        return shape
    }

    /// A page of a list of `name`.
    static func page(of name: String) -> Shape {
        .object([
            .required("items", .list(.named(name), maximum: 200)),
            .required("next_cursor", .nullable(.text(4_096)), "Hand it back as `cursor` to go on; null at the end."),
        ])
    }

    private static func first(_ old: Shape, _: Shape) -> Shape { preconditionFailure("a schema is defined twice") }

    private static let violation: Shape = .object([
        .required("field", .text(4_096), "Path of the field."), .required("message", .text(4_096)),
    ])

    /// RFC 9457.
    private static let problem: Shape = .open([
        .required("type", .text(200)), .required("title", .text(200)),
        .required("status", .integer(400...599)),
        .required("code", .text(100), "Stable and lower case: decide by this one."),
        .optional("detail", .text(100_000)),
        .optional("violations", .list(.named("Violation"), maximum: 1_000)),
        .optional("current", .anything, "With `stale_version`: what stands there now."),
    ])
}
