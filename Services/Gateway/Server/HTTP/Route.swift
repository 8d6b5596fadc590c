import HTTPTypes

/// One call of the API: what it takes, what it answers, and what serves it. The OpenAPI document is made of these.
struct Route: Sendable {
    /// What a request may carry.
    enum Body: Sendable {
        case none
        /// JSON of the schema of that name.
        case json(String)
        /// Any bytes of these media types; empty for every type.
        case raw([String])
    }

    /// What an answer carries.
    enum Content: Sendable {
        case none
        case json(Shape)
        case eventStream
        case bytes
        case problem
    }

    var method: HTTPRequest.Method
    /// Below `/api/v1`, with names in braces, as `/tickets/{id}`.
    var pattern: String
    /// `operationId` of the OpenAPI document.
    var operation: String
    var tag: String
    var summary: String
    var parameters: [Parameter] = []
    var body: Body = .none
    var status: HTTPResponse.Status = .ok
    var content: Content = .none
    /// Refusals beside those that every call knows.
    var refusals: [HTTPResponse.Status] = []
    /// What `AccessPolicy` must allow the caller, when the gateway itself decides; owners decide the rest.
    var methods: [String] = []
    /// Whether anyone may call, without a credential.
    var isOpen = false
    /// What becomes of `If-Match`.
    enum Matching: Sendable { case ignored, taken, wanted }

    var matches = Matching.ignored
    /// Whether the gateway keeps the answer under the `Idempotency-Key`; where not, the handler sees to it.
    var remembersAnswer = true
    /// The largest body, in bytes.
    var limitBytes = Route.jsonLimitBytes
    var handle: @Sendable (APICall) async throws -> Answer

    static let jsonLimitBytes = 2 * 1_024 * 1_024

    var segments: [Substring] { pattern.split(separator: "/") }
    var takesIdempotencyKey: Bool { method == .post }
}

/// A parameter of the query.
struct Parameter: Sendable {
    var name: String
    var shape: Shape
    var description: String
    /// Several values, separated by commas or given several times.
    var isList = false

    init(_ name: String, _ shape: Shape, _ description: String = "", isList: Bool = false) {
        self.name = name
        self.shape = shape
        self.description = description
        self.isList = isList
    }

    static let limit = Parameter(
        "limit", .integer(1...200),
        "How many items at most; 50 when left out. Large items come fewer at once: only `next_cursor` tells the end.")
    static let cursor = Parameter("cursor", .text(2_048, minimum: 1), "The `next_cursor` of the page before.")
}
