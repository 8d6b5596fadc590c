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

    mutating func enter(_ method: ServedMethod) {
        let call = GuardedCall(logger: logger)
        table.enter(
            ServedMethod(name: method.name) { bytes throws(MessageError) in
                let operation = try method.prepare(bytes)
                return { context, responses in try await call.run(operation, context, responses) }
            })
    }
}

private struct GuardedCall: Sendable {
    let logger: Logger

    func run(
        _ operation: ServedMethod.Operation, _ context: CallContext, _ responses: any ResponseSink
    ) async throws {
        let trace = context.traceParent.flatMap(TraceParent.init)
        do {
            guard let trace else { return try await operation(context, responses) }
            var generator = SystemRandomNumberGenerator()
            try await TraceContext.$current.withValue(trace.child(using: &generator)) {
                try await operation(context, responses)
            }
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
