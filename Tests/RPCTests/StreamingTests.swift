import RPC
import Testing
import Wire

@Suite("Streams of responses")
struct StreamingTests {
    @Test("All messages arrive in order, then the end", arguments: [(0, 0), (1, 10), (1_000, 300), (20, 100_000)])
    func stream(count: Int, size: Int) async throws {
        try await Loopback.with { (loopback) async throws in
            let received = Tally()
            try await loopback.client.serverStreaming(EchoHandler.count, Text("\(count) \(size)"), CallOptions()) {
                (text: Text) in
                #expect(text.value.utf8.count == size)
                received.add()
            }
            #expect(received.count == count)
        }
    }

    @Test("A slow reader stops the sender at the stream's credit")
    func flowControl() async throws {
        var limits = RPCLimits()
        limits.streamCreditBytes = 10_000
        try await Loopback.with(client: limits) { (loopback) async throws in
            let gate = Tally()
            let received = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await loopback.client.serverStreaming(EchoHandler.count, Text("200 988"), CallOptions()) {
                        (_: Text) in
                        received.add()
                        await gate.wait(for: 1)
                    }
                }
                await received.wait(for: 1)
                await loopback.handler.sent.wait(for: 10)
                // Ten messages of 1,000 bytes with their headers: the credit is gone. Calls on the same connection are not held up,
                // and once they are answered, an eleventh message would have had its chance.
                for _ in 0..<50 { _ = try await loopback.client.call(EchoHandler.sayLater, "x") }
                #expect(loopback.handler.sent.count == 10)
                gate.add()
                try await group.waitForAll()
            }
            #expect(loopback.handler.sent.count == 200)
            #expect(received.count == 200)
        }
    }

    @Test("A reader that fails ends the stream on both sides, with its own error")
    func readerFails() async throws {
        try await Loopback.with { (loopback) async throws in
            struct Enough: Error {}
            await #expect(throws: Enough.self) {
                try await loopback.client.serverStreaming(EchoHandler.hangStreaming, Text(""), CallOptions()) {
                    (_: Text) in
                    throw Enough()
                }
            }
            await loopback.handler.cancelled.wait(for: 1)
        }
    }

    @Test("A stream's deadline ends it")
    func deadline() async throws {
        try await Loopback.with { (loopback) async throws in
            _ = try await loopback.client.call(EchoHandler.say)
            let error = await failure {
                try await loopback.client.serverStreaming(
                    EchoHandler.hangStreaming, Text(""), CallOptions(timeout: .seconds(1))
                ) { (_: Text) in }
            }
            #expect(error?.code == .deadlineExceeded)
            await loopback.handler.cancelled.wait(for: 1)
        }
    }

    @Test("A stream that answers a unary call is refused, and the reverse too")
    func wrongKind() async throws {
        try await Loopback.with { (loopback) async throws in
            #expect(await failure { try await loopback.client.call(EchoHandler.count, "5 5") }?.code == .internalError)
            let error = await failure {
                try await loopback.client.serverStreaming(EchoHandler.say, Text(""), CallOptions()) { (_: Text) in }
            }
            #expect(error?.code == .internalError)
        }
    }
}
