import Model
import RPC
import Synchronization
import Testing
import Wire

@Suite("Calls over a socket")
struct CallTests {
    @Test(
        "A unary call is answered, whether or not its handler suspends",
        arguments: [EchoHandler.say, EchoHandler.sayLater])
    func unary(method: String) async throws {
        try await Loopback.with { (loopback) async throws in
            #expect(try await loopback.client.call(method, "hello") == "hello")
            #expect(try await loopback.client.call(method, "") == "")
        }
    }

    @Test("Bodies of every size to the limit arrive whole", arguments: [1, 4_096, 100_000, 4 * 1_024 * 1_024])
    func sizes(count: Int) async throws {
        try await Loopback.with { (loopback) async throws in
            let text = String(repeating: "y", count: count)
            #expect(try await loopback.client.call(EchoHandler.say, text) == text)
        }
    }

    @Test("Many calls are in flight at once, each with its own answer")
    func concurrent() async throws {
        try await Loopback.with { (loopback) async throws in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1_000 {
                    let method = number.isMultiple(of: 2) ? EchoHandler.say : EchoHandler.sayLater
                    group.addTask { try await loopback.client.call(method, "\(number)") == "\(number)" }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test("Method, caller, metadata and deadline reach the handler")
    func context() async throws {
        try await Loopback.with { (loopback) async throws in
            let answer = try await loopback.client.call(
                EchoHandler.who, metadata: [("a", "ü"), ("idempotency-key", "k1")])
            #expect(answer == "test.Echo/Who nobody k1 in time")
            let endless = try await loopback.client.call(EchoHandler.who, timeout: .seconds(1_000_000_000))
            #expect(endless == "test.Echo/Who nobody - no deadline")
        }
    }

    @Test("An error arrives with code, message and every detail")
    func details() async throws {
        try await Loopback.with { (loopback) async throws in
            let error = await failure { try await loopback.client.call(EchoHandler.fail) }
            #expect(error?.code == .aborted)
            #expect(error?.message == "stale")
            #expect(error?.detail?.code == "stale_version")
            #expect(error?.detail?.violations == [Violation(field: "version", message: "is 3")])
            #expect(error?.detail?.current == [1, 2, 3])
        }
    }

    @Test("An error that is not the caller's says nothing of its cause")
    func internalError() async throws {
        try await Loopback.with { (loopback) async throws in
            let error = await failure { try await loopback.client.call(EchoHandler.explode) }
            #expect(error?.code == .internalError)
            #expect(error?.message == "internal error")
        }
    }

    @Test("A request that cannot be decoded is refused with the field's name")
    func undecodable() async throws {
        try await Loopback.with { (loopback) async throws in
            let error = await failure { try await loopback.client.call(EchoHandler.say, "bad") }
            #expect(error?.code == .invalidArgument)
            #expect(error?.detail?.code == "invalid_field")
            #expect(error?.detail?.violations.first?.field == "value")
        }
    }

    @Test("A method that is not served is UNIMPLEMENTED; the connection goes on")
    func unknownMethod() async throws {
        try await Loopback.with { (loopback) async throws in
            #expect(await failure { try await loopback.client.call("test.Echo/Nothing") }?.code == .unimplemented)
            #expect(try await loopback.client.call(EchoHandler.say, "still here") == "still here")
        }
    }

    @Test("Who may not call is told so")
    func authentication() async throws {
        try await Loopback.with { (loopback) async throws in
            let error = await failure {
                try await loopback.client.call(EchoHandler.say, metadata: [("forbid", "authenticate")])
            }
            #expect(error?.code == .unauthenticated)
        }
    }

    @Test("A request beyond the server's limits is RESOURCE_EXHAUSTED; the connection goes on")
    func oversize() async throws {
        var small = RPCLimits()
        small.maxMessageBytes = 1_000
        try await Loopback.with(server: small) { (loopback) async throws in
            let error = await failure {
                try await loopback.client.call(EchoHandler.say, String(repeating: "z", count: 1_001))
            }
            #expect(error?.code == .resourceExhausted)
            let metadata = [("long", String(repeating: "m", count: 20_000))]
            #expect(
                await failure { try await loopback.client.call(EchoHandler.say, metadata: metadata) }?.code
                    == .resourceExhausted)
            #expect(try await loopback.client.call(EchoHandler.say, "small") == "small")
        }
    }

    @Test("When the deadline passes, the call fails and the handler is cancelled")
    func deadline() async throws {
        try await Loopback.with { (loopback) async throws in
            // The connection is there before the time runs, or the call might never go out.
            _ = try await loopback.client.call(EchoHandler.say)
            let error = await failure { try await loopback.client.call(EchoHandler.hang, timeout: .milliseconds(300)) }
            #expect(error?.code == .deadlineExceeded)
            await loopback.handler.cancelled.wait(for: 1)
            #expect(
                await failure { try await loopback.client.call(EchoHandler.say, timeout: .zero) }?.code
                    == .deadlineExceeded)
        }
    }

    @Test("Cancelling a call cancels its handler", arguments: [EchoHandler.hang, EchoHandler.hangStreaming])
    func cancellation(method: String) async throws {
        try await Loopback.with { (loopback) async throws in
            await withTaskGroup(of: StatusCode?.self) { group in
                group.addTask {
                    await failure {
                        if method == EchoHandler.hang { return try await loopback.client.call(method) }
                        try await loopback.client.serverStreaming(method, Text(""), CallOptions()) { (_: Text) in }
                        return ""
                    }?.code
                }
                await loopback.handler.begun.wait(for: 1)
                group.cancelAll()
                #expect(await group.next() == .cancelled)
            }
            await loopback.handler.cancelled.wait(for: 1)
        }
    }

    @Test("More calls than the server takes are RESOURCE_EXHAUSTED")
    func tooManyStreams() async throws {
        var few = RPCLimits()
        few.maxStreams = 2
        try await Loopback.with(server: few) { (loopback) async throws in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { _ = try? await loopback.client.call(EchoHandler.hang) } }
                await loopback.handler.begun.wait(for: 2)
                #expect(await failure { try await loopback.client.call(EchoHandler.say) }?.code == .resourceExhausted)
                group.cancelAll()
            }
            await loopback.handler.cancelled.wait(for: 2)
            #expect(try await loopback.client.call(EchoHandler.say, "room again") == "room again")
        }
    }

    @Test("Each call is reported once, with a bounded set of names")
    func observation() async throws {
        let records = Mutex<[CallRecord]>([])
        let tally = Tally()
        let observe: @Sendable (CallRecord) -> Void = { record in
            records.withLock { $0.append(record) }
            tally.add()
        }
        try await Loopback.with(observe: observe) { (loopback) async throws in
            _ = try await loopback.client.call(EchoHandler.say)
            _ = try await loopback.client.call(EchoHandler.sayLater)
            _ = await failure { try await loopback.client.call("test.Echo/Whatever") }
            await tally.wait(for: 3)
        }
        let seen = records.withLock { $0.map { "\($0.method) \($0.code)" } }
        #expect(seen == ["test.Echo/Say ok", "test.Echo/SayLater ok", "unknown unimplemented"])
    }
}
