package import Logging
import Model
import Store
package import Wire

/// Handlers behind the things that are the same for every call: the trace, and the translation of what our layers throw.
package struct GuardedHandlers: ServiceHandler {
    let handlers: [any ServiceHandler]
    let logger: Logger

    package init(handlers: [any ServiceHandler], logger: Logger) {
        self.handlers = handlers
        self.logger = logger
    }

    package func register(in table: inout some MethodTable) {
        var guarded = GuardedTable(table: table, logger: logger)
        for handler in handlers { handler.register(in: &guarded) }
        table = guarded.table
    }
}

/// Wraps each method as it is entered.
private struct GuardedTable<Table: MethodTable>: MethodTable {
    var table: Table
    let logger: Logger

    mutating func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        let call = GuardedCall(logger: logger)
        table.unary(method) { (request: Request, context: CallContext) async throws -> Response in
            try await call.run(context) { try await handler(request, context) }
        }
    }

    mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String,
        _ handler: @escaping @Sendable (Request, CallContext, any ResponseStream<Response>) async throws -> Void
    ) {
        let call = GuardedCall(logger: logger)
        table.serverStreaming(method) {
            (request: Request, context: CallContext, responses: any ResponseStream<Response>) async throws in
            try await call.run(context) { try await handler(request, context, responses) }
        }
    }
}

private struct GuardedCall: Sendable {
    let logger: Logger

    func run<Result: Sendable>(_ context: CallContext, _ body: @Sendable () async throws -> Result) async throws
        -> Result
    {
        let trace = context.traceParent.flatMap(TraceParent.init)
        do {
            guard let trace else { return try await body() }
            var generator = SystemRandomNumberGenerator()
            return try await TraceContext.$current.withValue(trace.child(using: &generator), operation: body)
        } catch {
            let refusal = RPCError(translating: error)
            if refusal.code == .internalError {
                logger.error(
                    "call failed", metadata: ["rpc.method": "\(context.method)", "error": "\(refusal.cause ?? error)"])
            }
            throw refusal
        }
    }
}
