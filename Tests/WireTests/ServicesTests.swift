import Model
import Testing
import Wire

/// A client and a handler joined without a transport.
private struct DirectChannel: CallChannel, MethodTable {
    private var methods: [String: @Sendable ([UInt8], ([UInt8]) async throws -> Void) async throws -> Void] = [:]

    mutating func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        methods[method] = { bytes, send in
            let context = CallContext(method: method, caller: Caller(role: .admin))
            try await send(try await handler(try Request(serialized: bytes), context).serialized())
        }
    }

    mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String,
        _ handler: @escaping @Sendable (Request, CallContext, any ResponseStream<Response>) async throws -> Void
    ) {
        methods[method] = { bytes, send in
            let context = CallContext(method: method, caller: Caller(role: .admin))
            let (stream, continuation) = AsyncStream<Response>.makeStream()
            try await handler(try Request(serialized: bytes), context, ContinuationStream(continuation: continuation))
            continuation.finish()
            for await response in stream { try await send(try response.serialized()) }
        }
    }

    func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions, returning: Response.Type
    ) async throws -> Response {
        var result: Response?
        try await methods[method]!(try request.serialized()) { result = try Response(serialized: $0) }
        return result!
    }

    func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions,
        _ receive: @Sendable (Response) async throws -> Void
    ) async throws {
        try await methods[method]!(try request.serialized()) { try await receive(try Response(serialized: $0)) }
    }
}

private struct ContinuationStream<Response: WireMessage>: ResponseStream {
    let continuation: AsyncStream<Response>.Continuation
    func send(_ response: Response) async throws { continuation.yield(response) }
}

private struct CountingJournal: JournalHandler {
    func follow(
        _ request: FollowRequest, _ context: CallContext, _ responses: any ResponseStream<FollowResponse>
    ) async throws {
        for offset in request.afterOffset + 1...request.afterOffset + 3 {
            let entry = JournalEntry(offset: offset, body: .teamChanged(TeamChanged(teamID: offset)))
            try await responses.send(FollowResponse(entries: [entry], head: 5))
        }
    }

    func head(_ request: HeadRequest, _ context: CallContext) async throws -> HeadResponse {
        HeadResponse(term: 1, head: context.method == "firstline.v1.Journal/Head" ? 5 : 0)
    }
}

@Suite("Services")
struct ServicesTests {
    @Test("A generated client reaches a generated handler's methods")
    func clientReachesHandler() async throws {
        var channel = DirectChannel()
        CountingJournal().register(in: &channel)
        let client = JournalClient(channel)
        #expect(try await client.head(HeadRequest()) == HeadResponse(term: 1, head: 5))
        try await confirmation(expectedCount: 3) { received in
            try await client.follow(FollowRequest(afterOffset: 2)) { response in
                #expect(response.entries.first?.body?.kind == "TeamChanged")
                received()
            }
        }
    }
}
