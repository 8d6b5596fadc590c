import Model
import Testing
import Wire

@testable import RPC

@Suite("Calls that are sent again")
struct RetryTests {
    private static let unavailable = RPCError(.unavailable, "not now")

    @Test(
        "Only what no handler has seen, or what may be repeated, goes again",
        arguments: [
            (CallFailure.Reach.notProcessed, StatusCode.unavailable, false, true),
            (.notProcessed, .resourceExhausted, false, true),
            (.unknown, .unavailable, false, false),
            (.unknown, .unavailable, true, true),
            (.answered, .unavailable, false, false),
            (.answered, .unavailable, true, true),
            (.answered, .aborted, true, false),
            (.answered, .deadlineExceeded, true, false),
            (.final, .unavailable, true, false),
        ])
    func rules(reach: CallFailure.Reach, code: StatusCode, isRepeatable: Bool, goesAgain: Bool) {
        var retry = CallRetry(isRepeatable: isRepeatable, limits: RPCLimits())
        let wait = retry.wait(after: CallFailure(error: RPCError(code, ""), reach: reach), jitter: 0)
        #expect((wait != nil) == goesAgain)
    }

    @Test("Attempts are bounded; waits grow, with jitter, and what was not processed goes again at once the first time")
    func waits() {
        var limits = RPCLimits()
        limits.maxAttempts = 4
        let lost = CallFailure(error: Self.unavailable, reach: .unknown)
        let refused = CallFailure(error: Self.unavailable, reach: .notProcessed)
        var retry = CallRetry(isRepeatable: true, limits: limits)
        #expect(retry.wait(after: lost, jitter: 1) == .milliseconds(60))
        #expect(retry.wait(after: lost, jitter: 0) == .milliseconds(80))
        #expect(retry.wait(after: lost, jitter: -1) == .milliseconds(128) * 0.8)
        #expect(retry.wait(after: lost, jitter: 0) == nil)
        retry = CallRetry(isRepeatable: false, limits: limits)
        #expect(retry.wait(after: refused, jitter: 0) == .zero)
        #expect(retry.wait(after: refused, jitter: 0) == .milliseconds(50))
    }

    @Test("The access table says which methods change nothing")
    func table() {
        #expect(AccessPolicy.changesNothing("firstline.v1.Intake/GetTicket"))
        #expect(!AccessPolicy.changesNothing("firstline.v1.Intake/CreateTicket"))
        #expect(!AccessPolicy.changesNothing("firstline.v1.Intake/Unheard"))
    }

    /// How a call names what may be done with it.
    enum Kind: CaseIterable {
        case plain
        case keyed
        case reading
    }

    @Test("A call whose connection is lost goes again only if it may be repeated", arguments: Kind.allCases)
    func lost(kind: Kind) async throws {
        let server = try await FakeServer(.closes)
        let client = try client(of: server)
        let metadata = kind == .keyed ? [(name: Metadata.idempotencyKey, value: "k")] : []
        let method = kind == .reading ? "test.Fake/Read" : "test.Fake/Write"
        #expect(await failure { try await client.call(method, metadata: metadata) }?.code == .unavailable)
        #expect(server.requests.count == (kind == .plain ? 1 : 3))
        client.close()
        try await server.close()
    }

    @Test("A stream that lost its connection before its first message goes again if it only reads")
    func lostStream() async throws {
        let server = try await FakeServer(.closes)
        let client = try client(of: server)
        for method in ["test.Fake/Read", "test.Fake/Write"] {
            let error = await failure {
                try await client.serverStreaming(method, Text(""), CallOptions()) { (_: Text) in }
            }
            #expect(error?.code == .unavailable)
        }
        #expect(server.requests.count == 4)
        client.close()
        try await server.close()
    }

    @Test("No wait goes beyond the deadline, and the last failure is told")
    func deadline() async throws {
        let server = try await FakeServer(.closes)
        let client = try client(of: server, firstBackoff: .seconds(3_600))
        let error = await failure { try await client.call("test.Fake/Read", timeout: .seconds(10)) }
        #expect(error?.code == .unavailable)
        #expect(server.requests.count == 1)
        client.close()
        try await server.close()
    }

    @Test("A server that falls silent during a call is given up after the keepalive's time")
    func silent() async throws {
        let server = try await FakeServer(.silent)
        let client = try client(of: server, keepaliveInterval: .milliseconds(50))
        #expect(await failure { try await client.call("test.Fake/Write") }?.code == .unavailable)
        client.close()
        try await server.close()
    }

    private func client(
        of server: FakeServer, firstBackoff: Duration = .milliseconds(1), keepaliveInterval: Duration = .seconds(20)
    ) throws -> RPCClient {
        var limits = RPCLimits()
        limits.maxAttempts = 3
        limits.firstBackoff = firstBackoff
        limits.longestBackoff = firstBackoff
        limits.keepaliveInterval = keepaliveInterval
        return try RPCClient(
            ServerAddress(host: "127.0.0.1", port: server.port), limits: limits, logger: Loopback.logger,
            changesNothing: { $0.hasSuffix("Read") })
    }
}
