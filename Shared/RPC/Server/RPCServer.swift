public import Logging
public import Model
public import NIOCore
public import Wire
import NIOPosix

/// Serves methods on one port, over mutual TLS 1.3 or, where asked for, plain TCP; to clients of our own protocol and of gRPC alike.
public final class RPCServer: Sendable {
    /// Where it listens, with the port that was taken.
    public let host: String
    public let port: Int
    private let channel: any Channel
    private let registry: ConnectionRegistry
    private let eventLoopGroup: any EventLoopGroup

    private init(channel: any Channel, host: String, registry: ConnectionRegistry, eventLoopGroup: any EventLoopGroup) {
        self.channel = channel
        self.host = host
        port = channel.localAddress?.port ?? 0
        self.registry = registry
        self.eventLoopGroup = eventLoopGroup
    }

    /// Starts to listen.
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - exchanges: what clients of gRPC may call beside the handlers' methods.
    ///   - tls: nil for plain TCP, which is for loopback only.
    ///   - eventLoopGroup: nil for the process's own.
    ///   - observe: told of each call that ended, on an event loop; must not block.
    ///   - unserved: what a call of a method that is not served is told; UNIMPLEMENTED by default.
    ///   - authenticate: says who calls, or throws an `RPCError` (UNAUTHENTICATED). Runs on an event loop for every call; must not block.
    ///   - authorize: throws an `RPCError` (PERMISSION_DENIED) when the caller may not call the method. Runs like `authenticate`.
    /// - Throws: `TLSError` for certificates that cannot be used, `IOError` when the port cannot be taken.
    public static func bind(
        host: String, port: Int, handlers: [any ServiceHandler], exchanges: [ExchangeMethod] = [],
        tls: TLSConfiguration? = nil,
        limits: RPCLimits = RPCLimits(),
        eventLoopGroup: (any EventLoopGroup)? = nil, logger: Logger,
        observe: (@Sendable (CallRecord) -> Void)? = nil,
        unserved: (@Sendable () -> RPCError)? = nil,
        authenticate: @escaping @Sendable (PeerIdentity, Metadata) throws -> Caller,
        authorize: @escaping @Sendable (Caller, String) throws -> Void
    ) async throws -> RPCServer {
        let behaviour = ServerBehaviour(
            limits: limits, methods: ServerMethods(handlers),
            exchanges: Dictionary(uniqueKeysWithValues: exchanges.map { ($0.name, $0) }), authenticate: authenticate,
            authorize: authorize,
            observe: observe,
            unserved: unserved ?? ServerBehaviour.unimplemented, logger: logger)
        let eventLoopGroup = eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        let registry = ConnectionRegistry(limit: limits.maxConnections)
        let tlsContexts = try tls.map { try TLSContextSource($0, side: .server, logger: logger) }
        let channel = try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: receiveBufferBytes))
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: limits.writeHighWaterBytes / 4, high: limits.writeHighWaterBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let address = channel.remoteAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? ""
                    if let tlsContexts {
                        try channel.pipeline.syncOperations.addHandler(
                            TLSChannelHandler(try tlsContexts.current().makeSession(expecting: nil), logger: logger))
                    }
                    let eventLoop = channel.eventLoop
                    let native = ServerChannelHandler(
                        eventLoop: eventLoop, peerAddress: address, behaviour: behaviour, registry: registry)
                    let chooser = FaceChooser(native, limits: limits) {
                        GRPCChannelHandler(
                            eventLoop: eventLoop, peerAddress: address, behaviour: behaviour, registry: registry)
                    }
                    try channel.pipeline.syncOperations.addHandler(chooser)
                    try channel.pipeline.syncOperations.addHandler(native)
                }
            }
            .bind(host: host, port: port).get()
        return RPCServer(channel: channel, host: host, registry: registry, eventLoopGroup: eventLoopGroup)
    }

    /// Stops gracefully: takes no new connections and calls, lets those in flight end, and cancels what still runs after `timeout`.
    /// Returns once every connection is closed.
    public func drain(timeout: Duration) async {
        // A listening socket that is closed already is as good.
        try? await channel.close()
        for connection in registry.drain() { connection.eventLoop.execute { connection.drain() } }
        let timer = eventLoopGroup.next().scheduleTask(in: TimeAmount(timeout)) { self.registry.giveUp() }
        await registry.waitUntilEmpty()
        timer.cancel()
        for connection in registry.drain() { connection.eventLoop.execute { connection.abort() } }
        await registry.waitUntilEmpty()
    }

    /// Bytes read from a socket at once.
    static let receiveBufferBytes = 16 * 1_024
    private static let backlog: Int32 = 1_024
}
