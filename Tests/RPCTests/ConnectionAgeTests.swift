import Testing
import Wire

@testable import RPC

@Suite("The age of connections")
struct ConnectionAgeTests {
    @Test("Connections that grow old are replaced under load without a failed call")
    func load() async throws {
        var limits = RPCLimits()
        limits.connectionAge = .milliseconds(40)
        let peers = Notes()
        try await Loopback.with(server: limits, observe: { peers.add($0.peer.address) }) { (loopback) async throws in
            let failures = Notes()
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<16 {
                    let method = caller.isMultiple(of: 2) ? EchoHandler.say : EchoHandler.sayLater
                    group.addTask {
                        // Ten connections one after the other, or what takes far longer than they should.
                        for number in 0..<50_000 where peers.count < 10 {
                            do {
                                _ = try await loopback.client.call(method, "\(number)")
                            } catch {
                                failures.add("\(error)")
                            }
                        }
                    }
                }
            }
            #expect(failures.all == [])
            #expect(peers.count >= 10)
        }
    }

    @Test("Calls in flight go on beyond the age, and end as UNAVAILABLE after its grace")
    func grace() async throws {
        var limits = RPCLimits()
        limits.connectionAge = .milliseconds(100)
        limits.connectionAgeGrace = .milliseconds(200)
        try await Loopback.with(server: limits) { (loopback) async throws in
            let received = Tally()
            let began = ContinuousClock.now
            let error = await failure {
                try await loopback.client.serverStreaming(EchoHandler.hangStreaming, Text(""), CallOptions()) {
                    (_: Text) in
                    received.add()
                }
            }
            #expect(error?.code == .unavailable)
            #expect(received.count == 1)
            #expect(ContinuousClock.now - began >= .milliseconds(200))
            await loopback.handler.cancelled.wait(for: 1)
            #expect(try await loopback.client.call(EchoHandler.say, "on another") == "on another")
        }
    }

    @Test("The age varies by a tenth to both sides")
    func jitter() {
        var limits = RPCLimits()
        limits.connectionAge = .seconds(1_000)
        for (jitter, seconds) in [(-1.0, 900), (0, 1_000), (1, 1_100)] {
            let age = limits.connectionAge(jitter: jitter)
            #expect(abs(age / .seconds(1) - Double(seconds)) < 0.001)
        }
    }

    @Test("A drained connection that has grown old is not held up by it when the server stops")
    func stop() async throws {
        var limits = RPCLimits()
        limits.connectionAge = .milliseconds(10)
        try await Loopback.with(server: limits) { (loopback) async throws in
            await withTaskGroup(of: StatusCode?.self) { group in
                group.addTask {
                    // On a busy machine connections grow old before a call has begun on one.
                    var code: StatusCode?
                    repeat {
                        code = await failure { try await loopback.client.call(EchoHandler.hang) }?.code
                    } while loopback.handler.begun.count == 0
                    return code
                }
                await loopback.handler.begun.wait(for: 1)
                await loopback.server.drain(timeout: .milliseconds(100))
                #expect(await group.next() == .unavailable)
            }
        }
    }
}
