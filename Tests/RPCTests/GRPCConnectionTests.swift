import Logging
import Model
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import Testing
import Wire

@testable import RPC

/// A gRPC connection without sockets and without HTTP/2's own bytes: frames in, frames out, time by hand.
private final class Bench {
    let handler: GRPCChannelHandler
    let channel: EmbeddedChannel
    let registry: ConnectionRegistry
    private(set) var codes: [StatusCode] = []

    init(_ limits: RPCLimits = RPCLimits()) throws {
        let loop = EmbeddedEventLoop()
        let behaviour = ServerBehaviour(
            limits: limits, methods: ServerMethods([EchoHandler()]),
            exchanges: ["test.Mirror/Look": ExchangeMethod(name: "test.Mirror/Look") { Array($0) }],
            authenticate: { _, _ in Caller(role: .service, serviceName: "test") }, authorize: { _, _ in },
            logger: Loopback.logger)
        registry = ConnectionRegistry(limit: 1)
        handler = GRPCChannelHandler(eventLoop: loop, peerAddress: "test", behaviour: behaviour, registry: registry)
        channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
        try channel.pipeline.syncOperations.addHandler(handler)
        receive(.settings(.settings([])), 0)
    }

    func receive(_ payload: HTTP2Frame.FramePayload, _ stream: Int) {
        channel.pipeline.fireChannelRead(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload))
        channel.pipeline.fireChannelReadComplete()
    }

    func open(_ stream: Int, _ path: String, more: [(String, String)] = [], isEnd: Bool = false) {
        let usual = [(":method", "POST"), (":path", path), ("te", "trailers"), ("content-type", "application/grpc")]
        receive(.headers(.init(headers: HPACKHeaders(usual + more), endStream: isEnd)), stream)
    }

    func data(_ stream: Int, _ bytes: ByteBuffer, isEnd: Bool) {
        receive(.data(.init(data: .byteBuffer(bytes), endStream: isEnd)), stream)
    }

    func message(_ text: String) throws -> ByteBuffer {
        let body = try Text(text).serialized()
        var bytes = ByteBuffer()
        bytes.writeInteger(UInt8(0))
        bytes.writeInteger(UInt32(body.count))
        bytes.writeBytes(body)
        return bytes
    }

    func close(_ stream: Int) {
        let event = StreamClosedEvent(streamID: HTTP2StreamID(stream), reason: nil)
        channel.pipeline.fireUserInboundEventTriggered(event)
    }

    /// What was sent since the last look, in short.
    func sent() throws -> [String] {
        var frames: [String] = []
        while let frame = try channel.readOutbound(as: HTTP2Frame.self) {
            let stream = Int(frame.streamID)
            switch frame.payload {
            case .headers(let headers):
                let status = headers.headers.first(name: "grpc-status") ?? "-"
                frames.append("\(stream) headers \(status)\(headers.endStream ? " end" : "")")
            case .data(let data): frames.append("\(stream) data \(data.data.readableBytes)")
            case .rstStream(let code): frames.append("\(stream) reset \(code.networkCode)")
            case .goAway(let last, let code, _):
                frames.append("goaway \(last == .maxID ? "?" : "\(Int(last))") \(code.networkCode)")
            case .ping(let token, let ack): frames.append("ping \(token == GRPCChannelHandler.drainPing) \(ack)")
            case .windowUpdate(let more): frames.append("\(stream) window \(more)")
            default: frames.append("other")
            }
        }
        return frames
    }

    func finish() {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }
}

@Suite("A gRPC connection")
struct GRPCConnectionTests {
    private static let welcome = ["0 window 983041"]

    @Test("A unary call is answered with headers, one message and OK")
    func unary() throws {
        let bench = try Bench()
        #expect(try bench.sent() == Self.welcome)
        bench.open(1, "/test.Echo/Say")
        let request = try bench.message("hello")
        bench.data(1, request, isEnd: true)
        #expect(try bench.sent() == ["1 headers -", "1 data \(request.readableBytes)", "1 headers 0 end"])
        bench.finish()
    }

    @Test("A refusal before the request's end spares the client the rest of it")
    func refusal() throws {
        let bench = try Bench()
        _ = try bench.sent()
        bench.open(1, "/test.Echo/Nothing")
        bench.open(3, "/test.Echo/Say", more: [("grpc-timeout", "0S")])
        bench.open(5, "/test.Echo/Say", isEnd: true)
        #expect(
            try bench.sent() == [
                "1 headers 12 end", "1 reset 0", "3 headers 4 end", "3 reset 0", "5 headers 12 end",
            ])
        bench.finish()
    }

    @Test("An exchange answers each request and waits while the client takes nothing")
    func exchange() throws {
        var limits = RPCLimits()
        limits.streamCreditBytes = 20
        let bench = try Bench(limits)
        _ = try bench.sent()
        bench.open(1, "/test.Mirror/Look")
        let request = try bench.message("twelve bytes")
        for _ in 0..<3 { bench.data(1, request, isEnd: false) }
        let bytes = request.readableBytes
        #expect(try bench.sent() == ["1 headers -", "1 data \(bytes)", "1 data \(bytes)"])
        bench.handler.wroteFrame(HTTP2Frame(streamID: 1, payload: .data(.init(data: .byteBuffer(request)))))
        bench.handler.wroteFrame(HTTP2Frame(streamID: 1, payload: .data(.init(data: .byteBuffer(request)))))
        bench.channel.embeddedEventLoop.run()
        #expect(try bench.sent() == ["1 data \(bytes)"])
        bench.handler.wroteFrame(HTTP2Frame(streamID: 1, payload: .data(.init(data: .byteBuffer(request)))))
        bench.data(1, ByteBuffer(), isEnd: true)
        #expect(try bench.sent() == ["1 headers 0 end"])
        bench.finish()
    }

    @Test("A drain is announced, confirmed by the client's answer, and ends with the last stream")
    func drain() throws {
        let bench = try Bench()
        bench.open(1, "/test.Echo/Say")
        _ = try bench.sent()
        #expect(bench.registry.drain().count == 1)
        bench.handler.drain()
        #expect(try bench.sent() == ["goaway ? 0", "ping true false"])
        bench.receive(.ping(GRPCChannelHandler.drainPing, ack: true), 0)
        #expect(try bench.sent() == ["goaway 1 0"])
        bench.data(1, try bench.message("late"), isEnd: true)
        #expect(try bench.sent().last == "1 headers 0 end")
        bench.close(1)
        bench.receive(.ping(HTTP2PingData(), ack: true), 0)
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!bench.channel.isActive)
    }

    @Test("An old connection is drained, and ended after its grace")
    func age() throws {
        var limits = RPCLimits()
        limits.connectionAge = .seconds(100)
        limits.connectionAgeGrace = .seconds(50)
        limits.keepaliveInterval = .seconds(1_000)
        let bench = try Bench(limits)
        bench.open(1, "/test.Mirror/Look")
        _ = try bench.sent()
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(89))
        #expect(try bench.sent() == [])
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(24))
        #expect(try bench.sent() == ["goaway ? 0", "ping true false", "goaway 1 0"])
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(50))
        #expect(try bench.sent() == ["1 headers 14 end", "1 reset 0"])
        bench.finish()
    }

    @Test("A silent client is asked, then given up; a request that stands still is refused")
    func silence() throws {
        let bench = try Bench()
        bench.open(1, "/test.Mirror/Look")
        bench.open(3, "/test.Echo/Say")
        _ = try bench.sent()
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(try bench.sent() == [])
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(try bench.sent() == ["3 headers 4 end", "3 reset 0", "ping false false"])
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(try bench.sent().first?.hasPrefix("goaway 3") == true)
    }

    @Test("A connection more than are taken is sent away")
    func crowd() throws {
        let bench = try Bench()
        let second = GRPCChannelHandler(
            eventLoop: bench.channel.eventLoop, peerAddress: "second", behaviour: bench.handler.behaviour,
            registry: bench.registry)
        let channel = EmbeddedChannel(loop: bench.channel.embeddedEventLoop)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
        try channel.pipeline.syncOperations.addHandler(second)
        guard case .goAway(_, .enhanceYourCalm, _)? = try channel.readOutbound(as: HTTP2Frame.self)?.payload else {
            Issue.record("the second connection was not sent away")
            return
        }
        bench.finish()
    }
}
