public import Model
public import Wire

/// A way to handlers in the same process: every message is encoded and decoded as on the wire, and nothing else of the transport is there.
/// A stream's reader holds up its sender, message by message. A call's deadline stands in its context, but does not cut it off.
public struct InProcessChannel: CallChannel, MethodTable {
    private typealias Unary = @Sendable ([UInt8], CallContext) async throws -> [UInt8]
    private typealias Streaming = @Sendable ([UInt8], CallContext, Handoff) async throws -> Void

    /// As whom calls are made.
    public var caller: Caller
    /// Refuses calls, as a server's own does.
    public var authorize: @Sendable (Caller, String) throws -> Void = { _, _ in }
    private var unaryMethods: [String: Unary] = [:]
    private var streamingMethods: [String: Streaming] = [:]

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

    public mutating func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        unaryMethods[method] = { bytes, context in
            try await handler(try Self.request(bytes), context).serialized()
        }
    }

    public mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String,
        _ handler: @escaping @Sendable (Request, CallContext, any ResponseStream<Response>) async throws -> Void
    ) {
        streamingMethods[method] = { bytes, context, handoff in
            try await handler(try Self.request(bytes), context, Responses<Response>(handoff: handoff))
        }
    }

    private struct Responses<Response: WireMessage>: ResponseStream {
        let handoff: Handoff

        func send(_ response: Response) async throws {
            try await handoff.send(response.serialized())
        }
    }

    private static func request<Request: WireMessage>(_ bytes: [UInt8]) throws -> Request {
        do { return try Request(serialized: bytes) } catch {
            throw RPCError.invalidField(error.field, "cannot be decoded")
        }
    }

    // MARK: - CallChannel

    public func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions, returning: Response.Type
    ) async throws -> Response {
        let context = context(method, options)
        do {
            guard let handler = unaryMethods[method] else { throw Self.noSuchMethod }
            try authorize(caller, method)
            return try Response(serialized: try await handler(try request.serialized(), context))
        } catch {
            throw Self.translated(error)
        }
    }

    public func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions,
        _ receive: @Sendable (Response) async throws -> Void
    ) async throws {
        let context = context(method, options)
        guard let handler = streamingMethods[method] else { throw Self.noSuchMethod }
        try authorize(caller, method)
        let bytes = try request.serialized()
        let handoff = Handoff()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await handler(bytes, context, handoff)) } catch {
                    outcome = .failure(error)
                }
                await handoff.end()
                do { try outcome.get() } catch { throw Self.translated(error) }
            }
            do {
                while let bytes = await handoff.next() { try await receive(try Response(serialized: bytes)) }
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
