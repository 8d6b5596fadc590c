import NIOCore
import Testing
import Wire

@testable import RPC

@Suite("The client's side of a connection")
struct ClientConnectionTests {
    func opened(maxStreams: Int = 4) -> ClientConnection {
        var connection = ClientConnection(limits: RPCLimits())
        var limits = RPCLimits()
        limits.maxStreams = maxStreams
        #expect(connection.receive(frame { $0.writeHello(Hello(limits)) }) == .ready)
        return connection
    }

    @Test("Streams are handed out to the server's limit, and a slot's next call has another generation")
    func streams() {
        var connection = opened(maxStreams: 2)
        let first = connection.open()!
        let second = connection.open()!
        #expect(Set([first.slot, second.slot]) == [1, 2])
        #expect(connection.open() == nil)
        #expect(connection.end(first) == true)
        #expect(connection.end(first) == false)
        let third = connection.open()!
        #expect(third.slot == first.slot)
        #expect(third != first)
    }

    @Test("A response ends its call; a late one is ignored")
    func response() {
        var connection = opened()
        let stream = connection.open()!
        let body = ByteBuffer(bytes: [1])
        let piece = frame { $0.writeFrame(.response, .end, stream: stream, body: body) }
        #expect(connection.receive(piece) == .response(stream, body: body))
        #expect(connection.receive(piece) == .none)
        #expect(connection.openStreams == 0)
    }

    @Test("Messages come until the status")
    func stream() {
        var connection = opened()
        let stream = connection.open()!
        let message = frame { $0.writeFrame(.message, stream: stream, body: ByteBuffer(bytes: [1])) }
        #expect(connection.receive(message) == .message(stream, body: ByteBuffer(bytes: [1])))
        #expect(
            connection.receive(frame { $0.writeStatus(.ok, stream: stream, maxTextBytes: 10) })
                == .status(stream, .ok, notProcessed: false))
        #expect(connection.receive(message) == .none)
    }

    @Test("An answer beyond our limit ends its call alone, which the server is told", arguments: [3, 4] as [UInt8])
    func oversize(type: UInt8) {
        var connection = opened()
        let stream = connection.open()!
        let header = FrameHeader(
            length: 1 << 30, stream: stream, type: type, flags: [], headLength: 0)
        guard case .reject(stream, let status) = connection.receive(.oversize(header)) else {
            Issue.record("no status")
            return
        }
        #expect(status.error?.code == .resourceExhausted)
        #expect(connection.phase == .open)
    }

    @Test("A graceful GOAWAY lets calls end; any other loses them")
    func goAway() {
        var connection = opened()
        let stream = connection.open()!
        let graceful = frame { $0.writeGoAway(GoAway(code: .drain, reason: "bye"), maxTextBytes: 100) }
        #expect(connection.receive(graceful) == .drain)
        #expect(!connection.isDrained)
        #expect(connection.end(stream) == true)
        #expect(connection.isDrained)
        let hard = GoAway(code: .protocolError, reason: "you lie")
        var other = opened()
        #expect(other.receive(frame { $0.writeGoAway(hard, maxTextBytes: 100) }) == .lost(hard))
        #expect(other.phase == .closed)
    }

    @Test("A peer that does not greet, or acts as a client, is left")
    func violations() {
        var silent = ClientConnection(limits: RPCLimits())
        guard case .close = silent.receive(frame { $0.writePing(.ping, 1) }) else {
            Issue.record("it was not left")
            return
        }
        var connection = opened()
        guard case .close = connection.receive(frame { $0.writeCancel(stream: StreamID(slot: 1, generation: 1)) })
        else {
            Issue.record("it was not left")
            return
        }
    }

    @Test("Frames of an unknown type are skipped")
    func unknownType() {
        var connection = opened()
        let header = FrameHeader(length: 0, stream: .connection, type: 200, flags: [], headLength: 0)
        #expect(connection.receive(.frame(Frame(header: header, head: ByteBuffer(), body: ByteBuffer()))) == .none)
    }
}

@Suite("Credit, silence and back-off")
struct ConnectionRuleTests {
    @Test("A message goes out while any credit is left, and then waits for more")
    func credit() {
        var window = CreditWindow(10)
        #expect(window.take(4) == true)
        #expect(window.take(100) == true)
        #expect(window.take(1) == false)
        #expect(window.grant(94) == false)
        #expect(window.grant(1) == true)
        #expect(window.take(1) == true)
    }

    @Test("Streams wait while so much is held for the socket, and the one who opens the gate is told")
    func gate() {
        let gate = OutputGate(limit: 100)
        gate.enter(99)
        #expect(gate.isOpen)
        gate.enter(51)
        #expect(!gate.isOpen)
        #expect(!gate.leave(50))
        #expect(gate.leave(1))
        #expect(gate.isOpen)
        #expect(!gate.leave(99))
    }

    @Test(
        "Consumed credit is granted again by halves of the window, so that a stalled sender always goes on",
        arguments: [1, 2, 7, 64])
    func consumed(window: Int) {
        var sender = CreditWindow(window)
        var reader = ConsumedCredit(window: window)
        for size in [1, 3, 50, 2, 1, 1, 1, 9, 200, 1, 1, 1, 1] {
            #expect(sender.take(size) == true)
            if let grant = reader.consume(size) { _ = sender.grant(grant) }
            #expect(sender.available > 0)
        }
    }

    @Test("A silent peer is asked, then given up; an idle connection lives longer")
    func keepalive() {
        var keepalive = Keepalive(limits: RPCLimits())
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: nil) == .fine)
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: nil) == .ping)
        keepalive.hear()
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: nil) == .fine)
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: nil) == .ping)
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: nil) == .lost)
        var idle = Keepalive(limits: RPCLimits())
        let verdicts = (0...30).map { _ in idle.tick(hasCalls: false, unfinishedFrame: nil) }
        #expect(verdicts.firstIndex(of: .idle) == 30)
    }

    @Test("A call after a long silence is asked for before it is given up")
    func silenceBeforeTheCall() {
        var keepalive = Keepalive(limits: RPCLimits())
        for _ in 0..<5 { #expect(keepalive.tick(hasCalls: false, unfinishedFrame: nil) == .fine) }
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: nil) == .ping)
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: nil) == .lost)
    }

    @Test("A frame that stands still ends the connection, though bytes trickle in")
    func slowFrame() {
        var keepalive = Keepalive(limits: RPCLimits())
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: 7) == .fine)
        keepalive.hear()
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: 8) == .fine)
        keepalive.hear()
        #expect(keepalive.tick(hasCalls: true, unfinishedFrame: 8) == .lost)
    }

    @Test("Back-off grows to its limit and begins anew after success")
    func backoff() {
        let limits = RPCLimits()
        var backoff = Backoff(limits: limits)
        #expect(backoff.fail(jitter: 0) == limits.firstBackoff)
        #expect(backoff.fail(jitter: 0) == limits.firstBackoff * limits.backoffGrowth)
        for _ in 0..<20 { _ = backoff.fail(jitter: 0) }
        #expect(backoff.fail(jitter: 1) == limits.longestBackoff * 1.2)
        backoff.succeed()
        #expect(backoff.fail(jitter: -1) == limits.firstBackoff * 0.8)
    }
}
