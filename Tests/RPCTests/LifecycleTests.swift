import RPC
import Testing
import Wire

@Suite("Beginning and end of connections")
struct LifecycleTests {
    @Test("A drained server ends the calls in flight and takes no new ones")
    func drain() async throws {
        try await Loopback.with { (loopback) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Three messages, of which the reader lets the first wait until the server drains.
                    let received = Tally()
                    try await loopback.client.serverStreaming(EchoHandler.count, Text("300 1000"), CallOptions()) {
                        (_: Text) in
                        received.add()
                    }
                    #expect(received.count == 300)
                }
                await loopback.handler.sent.wait(for: 1)
                await loopback.server.drain(timeout: .seconds(20))
                try await group.waitForAll()
            }
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
        }
    }

    @Test("What still runs after the drain's time is cancelled")
    func drainTimeout() async throws {
        try await Loopback.with { (loopback) async throws in
            await withTaskGroup(of: StatusCode?.self) { group in
                group.addTask { await failure { try await loopback.client.call(EchoHandler.hang) }?.code }
                await loopback.handler.begun.wait(for: 1)
                await loopback.server.drain(timeout: .milliseconds(20))
                #expect(await group.next() == .unavailable)
            }
            await loopback.handler.cancelled.wait(for: 1)
        }
    }

    @Test("A client finds the server again after it came back")
    func reconnect() async throws {
        let handler = EchoHandler()
        let first = try await Loopback.serve(handler)
        var limits = RPCLimits()
        limits.firstBackoff = .milliseconds(1)
        limits.longestBackoff = .milliseconds(5)
        let client = try RPCClient(
            ServerAddress(host: "127.0.0.1", port: first.port), limits: limits, logger: Loopback.logger)
        #expect(try await client.call(EchoHandler.say, "1") == "1")
        await first.drain(timeout: .zero)
        #expect(await failure { try await client.call(EchoHandler.say, "2") }?.code == .unavailable)
        let second = try await Loopback.serve(handler, port: first.port)
        var answer: String?
        while answer == nil { answer = try? await client.call(EchoHandler.say, "3") }
        #expect(answer == "3")
        client.close()
        await second.drain(timeout: .zero)
    }

    @Test("A closed client fails its calls and lets go of its handlers")
    func close() async throws {
        try await Loopback.with { (loopback) async throws in
            await withTaskGroup(of: StatusCode?.self) { group in
                group.addTask { await failure { try await loopback.client.call(EchoHandler.hang) }?.code }
                await loopback.handler.begun.wait(for: 1)
                loopback.client.close()
                #expect(await group.next() == .unavailable)
            }
            await loopback.handler.cancelled.wait(for: 1)
            #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .unavailable)
        }
    }

    @Test("A server that is not there is UNAVAILABLE")
    func unreachable() async throws {
        let handler = EchoHandler()
        let server = try await Loopback.serve(handler)
        await server.drain(timeout: .zero)
        let client = try RPCClient(ServerAddress(host: "127.0.0.1", port: server.port), logger: Loopback.logger)
        #expect(await failure { try await client.call(EchoHandler.say) }?.code == .unavailable)
        client.close()
    }
}
