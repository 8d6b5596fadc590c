/// A service as the schema describes it.
public struct ServiceDescription: Sendable, Hashable {
    /// Full name, as "firstline.v1.Intake".
    public var name: String
    public var methods: [MethodDescription]

    public init(name: String, methods: [MethodDescription]) {
        self.name = name
        self.methods = methods
    }
}

/// A method as the schema describes it.
public struct MethodDescription: Sendable, Hashable {
    /// Full name, as "firstline.v1.Intake/CreateTicket".
    public var name: String
    /// Full name of the request's type.
    public var request: String
    /// Full name of the response's type.
    public var response: String
    /// Whether the server sends many responses.
    public var isStreaming: Bool

    public init(name: String, request: String, response: String, isStreaming: Bool) {
        self.name = name
        self.request = request
        self.response = response
        self.isStreaming = isStreaming
    }
}
