import NIOCore
import Testing
import Wire

@testable import RPC

@Suite("What a gRPC client sends on one stream")
struct GRPCStreamTests {
    private func message(_ body: String, flag: UInt8 = 0) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(flag)
        buffer.writeInteger(UInt32(body.utf8.count))
        buffer.writeString(body)
        return buffer
    }

    private func told(_ action: GRPCStream.Action) -> String {
        switch action {
        case .none: "none"
        case .start(let body): "start \(String(buffer: body))"
        case .answer(let body): "answer \(String(buffer: body))"
        case .conclude: "conclude"
        case .refuse(let error): "refuse \(error.code)"
        }
    }

    @Test("One request starts its handler once it has ended, however it is cut", arguments: 1...9)
    func single(size: Int) {
        var stream = GRPCStream(.single, maxMessageBytes: 100)
        var bytes = message("hello")
        while let piece = bytes.readSlice(length: min(size, bytes.readableBytes)), piece.readableBytes > 0 {
            stream.receive(piece, isEnd: false)
            #expect(told(stream.next()) == "none")
        }
        stream.receive(nil, isEnd: true)
        #expect(told(stream.next()) == "start hello")
        #expect(told(stream.next()) == "none")
        #expect(stream.bufferedBytes == 0)
    }

    @Test("What is no single message is refused")
    func refusals() {
        let cases: [(ByteBuffer?, String)] = [
            (nil, "refuse unimplemented"),
            (ByteBuffer(bytes: [0, 0, 0]), "refuse internalError"),
            (message("a", flag: 1), "refuse internalError"),
            (message("a", flag: 2), "refuse internalError"),
            (ByteBuffer(bytes: [0, 0, 0, 0, 101]), "refuse resourceExhausted"),
            (ByteBuffer(bytes: [0, 255, 255, 255, 255]), "refuse resourceExhausted"),
        ]
        for (bytes, expected) in cases {
            var stream = GRPCStream(.single, maxMessageBytes: 100)
            stream.receive(bytes, isEnd: true)
            #expect(told(stream.next()) == expected)
            #expect(stream.phase == .over)
        }
        var two = GRPCStream(.single, maxMessageBytes: 100)
        two.receive(message("a"), isEnd: false)
        two.receive(message("b"), isEnd: false)
        #expect(told(two.next()) == "refuse unimplemented")
    }

    @Test("Each request of an exchange is answered, and its end concludes it")
    func exchange() {
        var stream = GRPCStream(.exchange, maxMessageBytes: 100)
        var both = message("a")
        both.writeImmutableBuffer(message("b"))
        stream.receive(both, isEnd: false)
        #expect(["answer a", "answer b", "none"] == (0..<3).map { _ in told(stream.next()) })
        stream.receive(message("c"), isEnd: true)
        #expect(["answer c", "conclude", "none"] == (0..<3).map { _ in told(stream.next()) })
    }

    @Test("A request that stands still is noticed at the second look, an exchange may rest")
    func progress() {
        var stream = GRPCStream(.single, maxMessageBytes: 100)
        var looks = [stream.checkProgress(), stream.checkProgress()]
        stream.receive(ByteBuffer(bytes: [0]), isEnd: false)
        looks.append(stream.checkProgress())
        #expect(looks == [true, false, true])
        var exchange = GRPCStream(.exchange, maxMessageBytes: 100)
        looks = [exchange.checkProgress(), exchange.checkProgress()]
        #expect(looks == [true, true])
    }

    @Test("A connection bounds what it holds, and drains in two steps")
    func connection() {
        var limits = RPCLimits()
        limits.maxRunningRequestBytes = 1_000
        limits.maxUnsentBytes = 1_000
        limits.maxAbandonedHandlers = 1
        var machine = GRPCConnection(limits: limits)
        let settings = [machine.receiveSettings(), machine.receiveSettings()]
        #expect(settings == [true, false])
        var refusals = [
            machine.begin(1), machine.holdRequest(1_000), machine.holdRequest(1), machine.holdRequest(-1_001),
        ]
        #expect(refusals.map { $0?.code } == [nil, nil, .resourceExhausted, nil])
        machine.holdResponse(1_001)
        refusals = [machine.refusalOfResponse, machine.begin(3)]
        #expect(refusals.map { $0?.code } == [.resourceExhausted, .resourceExhausted])
        machine.sent(1_001)
        machine.startHandler(requestBytes: 500)
        #expect(machine.connectionGrant(left: 0) == nil)
        machine.abandonHandler()
        let refusal = machine.begin(5)
        #expect(refusal?.code == .resourceExhausted)
        machine.finishHandler(requestBytes: 500, wasAbandoned: true)
        #expect(machine.connectionGrant(left: 0) == GRPCConnection.connectionWindowBytes)
        let steps = [machine.drain(), machine.drain(), machine.confirmDrain(), machine.confirmDrain()]
        #expect(steps == [.announce, .none, .name(lastStream: 5), .none])
        for _ in 0..<3 { machine.end() }
        #expect(machine.isDrained)
    }

    @Test("Window updates are free up to a number, then they must let something through")
    func updates() {
        var flood = UpdateFlood()
        let free = (0..<UpdateFlood.freeUpdates).map { _ in flood.receiveUpdate() }
        #expect(free.allSatisfy { $0 })
        var more = [flood.receiveUpdate()]
        flood.sent(10 * UpdateFlood.bytesAnUpdate)
        more.append(flood.receiveUpdate())
        flood.tick()
        more.append(flood.receiveUpdate())
        #expect(more == [false, true, true])
    }
}
