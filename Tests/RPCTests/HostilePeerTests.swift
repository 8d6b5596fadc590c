import NIOCore
import NIOPosix
import RPC
import Testing
import Wire

/// What peers do that speak no protocol, or half of it, to a real server.
@Suite("Hostile peers")
struct HostilePeerTests {
    /// Collects what a server says until it closes.
    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var heard = ByteBuffer()
        private let done: EventLoopPromise<ByteBuffer>

        init(_ done: EventLoopPromise<ByteBuffer>) {
            self.done = done
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            heard.writeImmutableBuffer(unwrapInboundIn(data))
        }

        func channelInactive(context: ChannelHandlerContext) {
            done.succeed(heard)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// What the server at `port` answers to `bytes` until it closes.
    private func answer(to bytes: [UInt8], port: Int) async throws -> [UInt8] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Listener(done))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        if !bytes.isEmpty { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
        return Array(buffer: try await done.futureResult.get())
    }

    /// A HELLO without settings.
    static let hello: [UInt8] = [0, 0, 0, 8, 0, 0, 0, 0, 1, 0, 0, 0, 0x46, 0x4C, 0x52, 0x50, 0, 1, 0, 0]

    /// What is sent, and the GOAWAY's code that answers it.
    struct Attack: Sendable {
        var bytes: [UInt8]
        var code: UInt8
    }

    static let attacks: [Attack] = [
        Attack(bytes: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), code: 1),
        Attack(bytes: [UInt8](repeating: 0x20, count: 64), code: 1),
        Attack(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4], code: 1),
        Attack(bytes: hello + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 8, 0, 0, 0], code: 3),
        Attack(bytes: hello + hello, code: 1),
        Attack(bytes: hello + [0, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0, 9], code: 1),
    ]

    @Test(
        "Garbage, a length bomb and a second HELLO each get a GOAWAY with its code, and the server goes on",
        arguments: attacks)
    func goAway(attack: Attack) async throws {
        try await Loopback.with { (loopback) async throws in
            let answer = try await answer(to: attack.bytes, port: loopback.server.port)
            // The last frame is a GOAWAY: find its header by the type and the length that reaches the end.
            let start = try #require(
                answer.indices.last { index in
                    index + 12 < answer.count && answer[index + 8] == 10
                        && answer.count - index - 12 == Int(answer[index + 3])
                })
            #expect(answer[start + 12] == attack.code)
            #expect(try await loopback.client.call(EchoHandler.say, "still here") == "still here")
        }
    }

    @Test("A peer that says nothing is left after the handshake's time")
    func silence() async throws {
        var limits = RPCLimits()
        limits.handshakeTimeout = .milliseconds(100)
        try await Loopback.with(server: limits) { (loopback) async throws in
            let answer = try await answer(to: [], port: loopback.server.port)
            #expect(answer.count > 12 && answer[8] == 10 && answer[12] == 4)
        }
    }

    @Test("A frame that never ends is left after the keepalive's time")
    func slowFrame() async throws {
        var limits = RPCLimits()
        limits.keepaliveInterval = .milliseconds(100)
        try await Loopback.with(server: limits) { (loopback) async throws in
            let answer = try await answer(to: Self.hello + [0, 0, 1, 0, 0, 0, 0, 1, 2], port: loopback.server.port)
            #expect(answer.contains(10))
        }
    }

    @Test("More connections than the server takes are told so")
    func tooManyConnections() async throws {
        var limits = RPCLimits()
        limits.maxConnections = 1
        try await Loopback.with(server: limits) { (loopback) async throws in
            #expect(try await loopback.client.call(EchoHandler.say, "first") == "first")
            let answer = try await answer(to: [], port: loopback.server.port)
            #expect(answer.count > 12 && answer[8] == 10 && answer[12] == 3)
        }
    }

    @Test("A connection that makes the server hold too much is ended, and others are served")
    func tooMuchHeld() async throws {
        var limits = RPCLimits()
        limits.maxHeldBytes = 500_000
        try await Loopback.with(server: limits) { (loopback) async throws in
            // A request of a million bytes, of which the last never come.
            let header: [UInt8] = [0, 0x0F, 0x42, 0x40, 0, 1, 0, 1, 2, 1, 0, 0]
            let bytes = Self.hello + header + [UInt8](repeating: 0, count: 900_000)
            let answer = try await answer(to: bytes, port: loopback.server.port)
            let goAway: [UInt8] = [0, 0, 0, 0, 10, 0, 0, 0, 3]
            #expect(answer.indices.contains { answer[$0...].starts(with: goAway) })
            #expect(try await loopback.client.call(EchoHandler.say, "still here") == "still here")
        }
    }

    @Test("A server that takes no more requests while some run takes them afterwards", arguments: [1, 3_000])
    func runningRequests(limit: Int) async throws {
        var limits = RPCLimits()
        limits.maxRunningRequestBytes = limit
        try await Loopback.with(server: limits) { (loopback) async throws in
            let text = String(repeating: "r", count: 1_000)
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<200 { group.addTask { try await loopback.client.call(EchoHandler.sayLater, text) } }
                return try await group.reduce(into: 0) { count, answer in count += answer == text ? 1 : 0 }
            }
            #expect(answers == 200)
        }
    }

    @Test("A peer that sends calls and never reads is not read either, and others are served")
    func neverReads() async throws {
        var limits = RPCLimits()
        limits.writeHighWaterBytes = 64 * 1_024
        try await Loopback.with(server: limits) { (loopback) async throws in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
                .channelOption(.autoRead, value: false)
                .channelOption(.writeBufferWaterMark, value: .init(low: 1, high: 2))
                .connect(host: "127.0.0.1", port: loopback.server.port).get()
            channel.writeAndFlush(ByteBuffer(bytes: Self.hello), promise: nil)
            // 64 MiB of echoes asked for: what neither the server nor the sockets may hold.
            let head: [UInt8] = [0, 0, 0, 0, 0, 13] + Array(EchoHandler.say.utf8)
            let body = [UInt8](repeating: 0x61, count: 64 * 1_024)
            let length = head.count + body.count
            let sent = Tally()
            for number in 1...1_024 {
                let slot: [UInt8] = [0, 1, UInt8(number >> 8), UInt8(number & 0xFF)]
                var bytes = [0, UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
                bytes += slot
                bytes += [2, 1, 0, UInt8(head.count)]
                bytes += head
                bytes += body
                let promise = channel.eventLoop.makePromise(of: Void.self)
                promise.futureResult.whenSuccess { sent.add() }
                channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: promise)
            }
            for _ in 0..<200 { _ = try await loopback.client.call(EchoHandler.sayLater, "others") }
            #expect(sent.count < 1_024)
            try await channel.close()
        }
    }
}
