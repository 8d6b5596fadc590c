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
        let call = GuardedCall(
            logger: logger,
            beginsTrace: AccessPolicy.knows(method.name) && !AccessPolicy.changesNothing(method.name))
        table.enter(
            ServedMethod(name: method.name) { bytes throws(MessageError) in
                let operation = try method.prepare(bytes)
                return { context, responses in try await call.run(operation, context, responses) }
            })
    }
}

private struct GuardedCall: Sendable {
    let logger: Logger
    /// Whether a call that names no trace begins one: what it changes can be followed then. Reading without a trace costs nothing.
    let beginsTrace: Bool

    func run(
        _ operation: ServedMethod.Operation, _ context: CallContext, _ responses: any ResponseSink
    ) async throws {
        guard beginsTrace || context.traceParent != nil else {
            return try await translated(operation, context, responses)
        }
        try await TraceContext.beginning(continuing: context.traceParent) { trace in
            var context = context
            context.metadata[Metadata.traceParentKey] = trace.description
            try await translated(operation, context, responses)
        }
    }

    private func translated(
        _ operation: ServedMethod.Operation, _ context: CallContext, _ responses: any ResponseSink
    ) async throws {
        do {
            try await operation(context, responses)
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
