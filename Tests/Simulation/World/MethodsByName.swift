import FirstlineTesting
import Wire

/// A service's methods, as a server keeps them; messages come and go as bytes.
struct MethodsByName: MethodTable, Sendable {
    private var methods: [String: ServedMethod] = [:]

    mutating func enter(_ method: ServedMethod) {
        methods[method.name] = method
    }

    /// Answers a unary call.
    func answer(_ method: String, _ request: [UInt8], _ context: CallContext) async throws -> [UInt8] {
        let responses = CollectedResponses()
        try await operation(method, request)(context, responses)
        guard let answer = responses.all.first else { throw RPCError(.internalError, "no answer") }
        return answer
    }

    /// Serves a streaming call, each response of which `send` takes.
    func stream(
        _ method: String, _ request: [UInt8], _ context: CallContext,
        _ send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        try await operation(method, request)(context, ForwardedResponses(send))
    }

    private func operation(_ method: String, _ request: [UInt8]) throws -> ServedMethod.Operation {
        guard let method = methods[method] else { throw RPCError(.unimplemented, "no such method") }
        return try method.prepare(serialized: request)
    }
}
