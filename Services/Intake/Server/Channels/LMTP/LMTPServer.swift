public import Logging
public import NIOCore
import NIOPosix
import ServiceKit
public import ServiceLifecycle

/// Takes mail by LMTP: performs what `LMTPSession` decides, one task a connection.
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

        public init(host: String = "127.0.0.1", port: Int, hostname: String = "localhost") {
            self.host = host
            self.port = port
            self.hostname = hostname
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
                    group.addTask {
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
                var session = LMTPSession(hostname: configuration.hostname, limits: configuration.limits)
                guard isWelcome else {
                    _ = try await perform(session.shutDown("Too many connections"), &session, outbound)
                    return
                }
                guard try await perform(session.greeting(), &session, outbound) else { return }
                for try await buffer in inbound.cancelOnGracefulShutdown() {
                    let actions = session.receive(buffer.readableBytesView)
                    guard try await perform(actions, &session, outbound) else { return }
                }
                _ = try await perform(session.shutDown("Closing"), &session, outbound)
            }
        } catch {
            // The client went away or broke off; what was not answered it will send again.
            logger.debug("LMTP connection ended", metadata: ["error": "\(error)"])
        }
    }

    /// Does what the session says; false once the connection is to close.
    private func perform(
        _ actions: [LMTPSession.Action], _ session: inout LMTPSession,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> Bool {
        var waiting = actions[...]
        while let action = waiting.popFirst() {
            switch action {
            case .reply(let text): try await outbound.write(ByteBuffer(string: text))
            case .deliver(let envelope, let data):
                waiting += session.delivered(await outcomes(of: envelope, data))
            case .close: return false
            }
        }
        return true
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
