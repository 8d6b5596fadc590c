import NIOCore
import NIOPosix
import ServiceLifecycle

/// Hands the connections of a listener on to the leader's listener of the same port, byte by byte: whoever speaks HTTP or LMTP need not
/// know which instance leads. Without a leader a connection is closed at once.
struct LeaderRelay: Service {
    let address: HostPort
    let leader: StandbyLeader

    /// How long reaching the leader may take.
    private static let connectTime: TimeAmount = .seconds(3)

    func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RelayStart(relay: self))
                }
            }
            .bind(host: address.host, port: address.port).get()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await server.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            server.close(promise: nil)
        }
    }

    /// Joins an accepted connection to one to the leader's listener. Nothing may be asked of it before it is active.
    fileprivate func join(_ near: any Channel) {
        // The leader itself, as this instance knows it: another host at this port, or this host where only ports differ.
        guard let target = leader.current.flatMap(HostPort.init), target.host != address.host else {
            return near.close(promise: nil)
        }
        ClientBootstrap(group: near.eventLoop)
            .connectTimeout(Self.connectTime)
            .channelOption(.autoRead, value: false)
            .connect(host: target.host, port: address.port)
            .whenComplete { result in
                guard case .success(let far) = result else { return near.close(promise: nil) }
                do {
                    try near.pipeline.syncOperations.addHandler(RelayHandler(to: far))
                    try far.pipeline.syncOperations.addHandler(RelayHandler(to: near))
                    near.read()
                    far.read()
                } catch {
                    near.close(promise: nil)
                    far.close(promise: nil)
                }
            }
    }
}

/// Begins with an accepted connection once it is active.
private final class RelayStart: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let relay: LeaderRelay

    init(relay: LeaderRelay) {
        self.relay = relay
    }

    func channelActive(context: ChannelHandlerContext) {
        relay.join(context.channel)
        context.fireChannelActive()
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
