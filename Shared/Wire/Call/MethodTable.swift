/// Where a handler's responses go in a server-streaming call.
public protocol ResponseStream<Response>: Sendable {
    associatedtype Response: WireMessage
    /// Sends one response; suspends while the caller has given no credit. Throws when the call is over.
    func send(_ response: Response) async throws
}

/// A handler of one service's methods. The generated protocols refine it and register their methods themselves.
public protocol ServiceHandler: Sendable {
    /// Enters each method under its full name.
    func register(in table: inout some MethodTable)
}

/// What a server keeps its methods in.
public protocol MethodTable {
    /// Enters a method with one request and one response.
    mutating func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response)

    /// Enters a method with one request and many responses.
    mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String,
        _ handler: @escaping @Sendable (Request, CallContext, any ResponseStream<Response>) async throws -> Void)
}
