import FirstlineTesting
import Model
import Testing
import Wire

/// A client and a handler joined without a transport.
private struct DirectChannel: CallChannel, MethodTable {
    private var methods: [String: ServedMethod] = [:]

    mutating func enter(_ method: ServedMethod) {
        methods[method.name] = method
    }

    func unary(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
    ) async throws {
        for response in try await responses(method, request) { try response.withUnsafeBytes { try decode($0) } }
    }

    func serverStreaming(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws {
        for response in try await responses(method, request) {
            try response.withUnsafeBytes { try decode($0) }
            try await receive()
        }
    }

    private func responses(_ method: String, _ request: some WireMessage) async throws -> [[UInt8]] {
        let operation = try methods[method]!.prepare(serialized: request.serialized())
        let collected = CollectedResponses()
        try await operation(CallContext(method: method, caller: Caller(role: .admin)), collected)
        return collected.all
    }
}

private struct CountingJournal: JournalHandler {
    func follow(
        _ request: FollowRequest, _ context: CallContext, _ responses: ResponseStream<FollowResponse>
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
