public import Model
public import Wire

/// A way to handlers in the same process: every message is encoded and decoded as on the wire, and nothing else of the transport is there.
/// A stream's reader holds up its sender, message by message. A call's deadline stands in its context, but does not cut it off.
public struct InProcessChannel: CallChannel, MethodTable {
    /// As whom calls are made.
    public var caller: Caller
    /// Refuses calls, as a server's own does.
    public var authorize: @Sendable (Caller, String) throws -> Void = { _, _ in }
    private var methods: [String: ServedMethod] = [:]

    public init(_ handlers: [any ServiceHandler], caller: Caller) {
        self.caller = caller
        for handler in handlers { handler.register(in: &self) }
    }

    /// The same handlers, called by someone else.
    public func calling(as caller: Caller) -> InProcessChannel {
        var channel = self
        channel.caller = caller
        return channel
    }

    // MARK: - MethodTable

    public mutating func enter(_ method: ServedMethod) {
        methods[method.name] = method
    }

    private func operation(_ method: String, _ request: some WireMessage) throws -> ServedMethod.Operation {
        guard let method = methods[method] else { throw Self.noSuchMethod }
        let bytes = try request.serialized()
        do throws(MessageError) {
            return try method.prepare(serialized: bytes)
        } catch {
            throw RPCError.invalidField(error.field, "cannot be decoded")
        }
    }

    // MARK: - CallChannel

    public func unary(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
    ) async throws {
        let context = context(method, options)
        do {
            let operation = try operation(method, request)
            try authorize(caller, method)
            let responses = CollectedResponses()
            try await operation(context, responses)
            for response in responses.all { try response.withUnsafeBytes { try decode($0) } }
        } catch {
            throw Self.translated(error)
        }
    }

    public func serverStreaming(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws {
        let context = context(method, options)
        let operation = try operation(method, request)
        try authorize(caller, method)
        let handoff = Handoff()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let outcome: Result<Void, any Error>
                do {
                    outcome = .success(try await operation(context, ForwardedResponses { try await handoff.send($0) }))
                } catch {
                    outcome = .failure(error)
                }
                await handoff.end()
                do { try outcome.get() } catch { throw Self.translated(error) }
            }
            do {
                while let bytes = await handoff.next() {
                    try bytes.withUnsafeBytes { try decode($0) }
                    try await receive()
                }
            } catch {
                await handoff.close()
                group.cancelAll()
                throw error
            }
            try await group.waitForAll()
        }
    }

    private func context(_ method: String, _ options: CallOptions) -> CallContext {
        CallContext(method: method, caller: caller, metadata: options.metadata, deadline: .now + options.timeout)
    }

    private static let noSuchMethod = RPCError(.unimplemented, "this server has no such method")

    /// What a caller on a wire would see.
    private static func translated(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case is CancellationError: RPCError(.cancelled, "the call was cancelled", cause: error)
        default: RPCError(.internalError, "internal error", detail: ErrorDetail(code: "internal"), cause: error)
        }
    }
}
