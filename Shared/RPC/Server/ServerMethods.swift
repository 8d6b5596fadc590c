import Wire

/// A server's methods by full name, their message types erased.
struct ServerMethods: MethodTable {
    private var methods: [String: ServerMethod] = [:]

    init(_ handlers: [any ServiceHandler]) {
        for handler in handlers { handler.register(in: &self) }
    }

    /// Nil for a method that is not served here.
    subscript(_ name: String) -> ServerMethod? { methods[name] }

    mutating func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        enter(method) { body, context, call in
            call.run(body) { (request: Request) in
                let response = try await handler(request, context)
                try call.respond(response)
            }
        }
    }

    mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String,
        _ handler: @escaping @Sendable (Request, CallContext, any ResponseStream<Response>) async throws -> Void
    ) {
        enter(method) { body, context, call in
            call.run(body) { (request: Request) in
                try await handler(request, context, ServerResponseStream<Response>(call: call))
                call.finish(.ended)
            }
        }
    }

    private mutating func enter(_ method: String, _ start: @escaping ServerMethod.Start) {
        precondition(methods[method] == nil, "two handlers of one method")
        methods[method] = ServerMethod(name: method, start: start)
    }
}
