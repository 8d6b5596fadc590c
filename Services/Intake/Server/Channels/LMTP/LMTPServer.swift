public import Logging
public import NIOCore
import NIOPosix
public import RPC
import ServiceKit
public import ServiceLifecycle

/// Takes mail by LMTP: performs what `LMTPSession` decides, one task a connection, on the thread of its event loop.
///
/// Reads stop while a mail is being stored and while the client does not take replies. A graceful shutdown stops
/// listening, lets each mail under way be stored and answered, and says 421 to the rest.
public struct LMTPServer: Service {
    /// Stores one mail for one recipient. `.stored` only once it is on disk.
    public typealias Delivery =
        @Sendable (_ envelope: LMTPEnvelope, _ recipient: String, _ raw: [UInt8]) async -> LMTPOutcome

    public struct Configuration: Sendable {
        public var host: String
        /// 0 takes a free one.
        public var port: Int
        public var hostname: String
        public var limits = LMTPLimits()
        /// The most connections at once; a further one is told 421.
        public var maxConnections = 100
        /// A connection that sends nothing for so long is closed (RFC 5321, 4.5.3.2.7).
        public var idleTimeout = Duration.seconds(300)
        /// What STARTTLS begins; without it, STARTTLS is not offered.
        public var tls: OpenTLS?

        public init(host: String = "127.0.0.1", port: Int, hostname: String = "localhost", tls: OpenTLS? = nil) {
            self.host = host
            self.port = port
            self.hostname = hostname
            self.tls = tls
        }
    }

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let configuration: Configuration
    private let listener: NIOAsyncChannel<any Channel, Never>
    private let logger: Logger
    private let deliver: Delivery

    /// Where it listens.
    public let localAddress: SocketAddress

    /// Binds at once, so that the port is known before anything runs; connections are served by `run()`.
    public static func bind(
        _ configuration: Configuration, group: (any EventLoopGroup)? = nil,
        logger: Logger,
        deliver: @escaping Delivery
    ) async throws -> LMTPServer {
        let idle = TimeAmount(configuration.idleTimeout)
        let listener = try await ServerBootstrap(group: group ?? MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Nothing is read before somebody serves the connection.
            .childChannelOption(.autoRead, value: false)
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: idle))
                    try channel.pipeline.syncOperations.addHandler(LMTPIdleHandler())
                    try channel.pipeline.syncOperations.addHandler(LMTPMeter())
                    return channel
                }
            }
        guard let address = listener.channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return LMTPServer(
            configuration: configuration, listener: listener, logger: logger, deliver: deliver, localAddress: address)
    }

    private init(
        configuration: Configuration, listener: NIOAsyncChannel<any Channel, Never>, logger: Logger,
        deliver: @escaping Delivery, localAddress: SocketAddress
    ) {
        self.configuration = configuration
        self.listener = listener
        self.logger = logger
        self.deliver = deliver
        self.localAddress = localAddress
    }

    /// Serves until a graceful shutdown or a cancellation.
    public func run() async throws {
        logger.info("LMTP listens", metadata: ["lmtp.address": "\(localAddress)"])
        let room = LMTPRoom(configuration.maxConnections)
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await channel in connections.cancelOnGracefulShutdown() {
                    group.addTask(executorPreference: LoopExecutor(channel.eventLoop)) {
                        await serve(channel, isWelcome: room.enter())
                        room.leave()
                    }
                }
            }
        }
    }

    /// The channel is wrapped only here, where the wrapping is surely used: one that a stopping server accepted is let go as it is.
    private func serve(_ channel: any Channel, isWelcome: Bool) async {
        do {
            let connection = try await channel.eventLoop.submit {
                try Connection(wrappingChannelSynchronously: channel)
            }.get()
            try await connection.executeThenClose { inbound, outbound in
                try await channel.setOption(.autoRead, value: true).get()
                var session = LMTPSession(
                    hostname: configuration.hostname, limits: configuration.limits, offersTLS: configuration.tls != nil)
                var peer = Peer(channel: channel, outbound: outbound)
                guard isWelcome else {
                    _ = try await perform(session.shutDown("Too many connections"), &session, peer)
                    return
                }
                guard try await perform(session.greeting(), &session, peer) else { return }
                let isOver = try await withGracefulShutdownHandler {
                    for try await buffer in inbound {
                        if Task.isShuttingDownGracefully { break }
                        peer.takenBytes += buffer.readableBytes
                        let actions = session.receive(buffer.readableBytesView)
                        guard try await perform(actions, &session, peer) else { return true }
                    }
                    return false
                } onGracefulShutdown: {
                    // Ends `inbound`. A sequence that listens for the shutdown by itself has each read go by way of other threads.
                    channel.eventLoop.execute {
                        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
                    }
                }
                if isOver { return }
                _ = try await perform(session.shutDown("Closing"), &session, peer)
            }
        } catch {
            // The client went away or broke off; what was not answered it will send again.
            logger.debug("LMTP connection ended", metadata: ["error": "\(error)"])
        }
    }

    /// The other side of a connection.
    private struct Peer {
        let channel: any Channel
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        /// How much of what it sent the session has been given.
        var takenBytes = 0
    }

    /// Does what the session says; false once the connection is to close.
    private func perform(
        _ actions: [LMTPSession.Action], _ session: inout LMTPSession, _ peer: Peer
    ) async throws -> Bool {
        var waiting = actions[...]
        while let action = waiting.popFirst() {
            switch action {
            case .reply(let text): try await peer.outbound.write(ByteBuffer(string: text))
            case .startTLS(let text):
                guard let tls = configuration.tls, try await begin(tls, with: peer, reply: text) else { return false }
            case .deliver(let envelope, let data):
                waiting += session.delivered(await outcomes(of: envelope, data))
            case .close: return false
            }
        }
        return true
    }

    /// Puts TLS beneath the connection, in one step with the reply, so that no byte comes between. False when the client had sent more
    /// already, which would be taken for something said under TLS (RFC 3207, section 6).
    private func begin(_ tls: OpenTLS, with peer: Peer, reply: String) async throws -> Bool {
        let (channel, takenBytes) = (peer.channel, peer.takenBytes)
        return try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            guard try pipeline.handler(type: LMTPMeter.self).bytes == takenBytes else { return false }
            channel.writeAndFlush(ByteBuffer(string: reply), promise: nil)
            try pipeline.addHandler(try tls.makeHandler(), position: .first)
            return true
        }.get()
    }

    /// A mail begins a trace, which all its recipients share.
    private func outcomes(of envelope: LMTPEnvelope, _ data: [UInt8]) async -> [LMTPOutcome] {
        await TraceContext.beginning { _ in
            var outcomes: [LMTPOutcome] = []
            for recipient in envelope.recipients {
                outcomes.append(await deliver(envelope, recipient, data))
            }
            return outcomes
        }
    }
}
