/// A handler of one service's methods. The generated protocols refine it and register their methods themselves.
public protocol ServiceHandler: Sendable {
    /// Enters each method under its full name.
    func register(in table: inout some MethodTable)
}

/// What a server keeps its methods in.
public protocol MethodTable {
    /// Enters a method; no two have the same name.
    mutating func enter(_ method: ServedMethod)
}

extension MethodTable {
    /// Enters a method with one request and one response.
    @inlinable
    public mutating func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        enter(.unary(method, handler))
    }

    /// Enters a method with one request and many responses.
    @inlinable
    public mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String,
        _ handler: @escaping @Sendable (Request, CallContext, ResponseStream<Response>) async throws -> Void
    ) {
        enter(.serverStreaming(method, handler))
    }
}
