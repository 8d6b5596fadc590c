import NIOCore
import NIOPosix
import Synchronization

@testable import RPC

/// A server that greets and counts requests, and answers none of them.
final class FakeServer: Sendable {
    enum Manner: Sendable {
        /// Closes the connection on each request.
        case closes
        /// Says nothing more.
        case silent
    }

    /// Requests that came, over all connections.
    let requests = Tally()
    private let channel: any Channel

    var port: Int { channel.localAddress!.port! }

    init(_ manner: Manner) async throws {
        let requests = requests
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Connection(manner, requests))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws { try await channel.close() }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let manner: Manner
        private let requests: Tally
        private var reader = FrameReader(maxPayloadBytes: 1 << 20)

        init(_ manner: Manner, _ requests: Tally) {
            self.manner = manner
            self.requests = requests
        }

        func channelActive(context: ChannelHandlerContext) {
            var hello = ByteBuffer()
            hello.writeHello(Hello(RPCLimits()))
            context.writeAndFlush(wrapOutboundOut(hello), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            reader.append(unwrapInboundIn(data))
            while let piece = try? reader.next() {
                guard case .frame(let frame) = piece, frame.header.type == FrameType.request.rawValue else { continue }
                requests.add()
                if manner == .closes { context.close(promise: nil) }
            }
        }
    }
}
