import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Hands the connections of a listener on to the leader's listener of the same port, byte by byte: whoever speaks HTTP or LMTP need not
/// know which instance leads. Without a leader a connection is closed at once.
struct LeaderRelay: Service {
    let address: HostPort
    let leader: StandbyLeader
    let logger: Logger

    /// How long reaching the leader may take.
    private static let connectTime: TimeAmount = .seconds(3)

    func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in connect(channel) }
            .bind(host: address.host, port: address.port).get()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await server.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            server.close(promise: nil)
        }
    }

    private func connect(_ near: any Channel) -> EventLoopFuture<Void> {
        guard let target = leader.current.flatMap(HostPort.init) else { return near.close() }
        // The leader itself, as this instance knows it: another host at this port, or this host where only ports differ.
        guard target.host != address.host else { return near.close() }
        return ClientBootstrap(group: near.eventLoop)
            .connectTimeout(Self.connectTime)
            .channelOption(.autoRead, value: false)
            .connect(host: target.host, port: address.port)
            .flatMapThrowing { far in
                try near.pipeline.syncOperations.addHandler(RelayHandler(to: far))
                try far.pipeline.syncOperations.addHandler(RelayHandler(to: near))
                near.read()
                far.read()
            }
            .flatMapError { _ in near.close() }
    }
}

/// One direction of a relayed connection: reads on when the other side has taken what was read.
private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        other.writeAndFlush(unwrapInboundIn(data)).whenComplete { result in
            switch result {
            case .success: channel.read()
            case .failure: channel.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
