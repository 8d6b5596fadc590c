import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
public import ServiceKit
import Store
import Wire

/// The gateway: users and how they come in, the HTTP API, live changes and the console.
public enum GatewayServer {
    public static let definition = ServiceDefinition(
        name: "gateway", migrations: Schema.migrations, peers: peers,
        keys: [
            ConfigKey(
                "http-listen", .address, default: "127.0.0.1:8080",
                help: "Where the HTTP API and the console are served; port 0 takes a free one"),
            ConfigKey("admin-token-file", .path, help: "File of the administrator's token (default: DATA/admin.token)"),
            ConfigKey(
                "principal-signing-key", .path,
                help: "Private key that principals are signed with, PEM (default: principal.key below --data)"),
        ],
        relayed: ["http-listen"], build: build)

    static let peers = ["intake", "routing", "sla-timer", "notification"]

    @Sendable private static func build(_ environment: ServiceEnvironment) async throws -> ServiceParts {
        let (store, config, logger) = (environment.store, environment.config, environment.logger)
        let tokenFile = config.string("admin-token-file") ?? "\(environment.dataFolder)/../admin.token"
        try await FirstStart(store: store, tokenFile: tokenFile).run()
        let signer = try PrincipalSigner(
            path: config.string("principal-signing-key") ?? "\(environment.dataFolder)/principal.key",
            clock: environment.clock)
        let hub = EventHub()
        let parts = try GatewayParts(
            store: store, clock: environment.clock, logger: logger, hub: hub,
            peers: Peers { environment.channel(to: $0) }, metrics: environment.metrics, sign: signer.sign)
        let streams = environment.metrics.gauge("firstline_live_streams", help: "Open streams of live changes.")
        environment.metrics.onCollect { streams.set(Double(hub.openStreams)) }
        let key = "http-listen"
        let address = config.address(key)
        let application = Application(
            responder: parts.server,
            server: .http1(
                configuration: .init(
                    idleTimeout: HTTPLimits.idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: HTTPLimits.headerBytes, maxHeaderListSize: HTTPLimits.allHeadersBytes,
                        maxHeaderFieldCount: HTTPLimits.headerCount))),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                do {
                    try environment.endpoints.announce("http", HostPort(host: address.host, port: port))
                } catch {
                    logger.error("cannot write endpoints.json", metadata: ["error": "\(error)"])
                }
            },
            logger: HTTPLimits.quiet(logger))
        return ServiceParts(
            handlers: [parts.calls], followers: followers(hub), services: [config.listening(key, application), hub],
            endpoints: ["http"])
    }

    /// Every peer's journal, told as live events.
    private static func followers(_ hub: EventHub) -> [FollowerDefinition] {
        peers.map { peer in
            FollowerDefinition(
                source: peer,
                apply: { transaction, entry in
                    for event in LiveEvent.events(of: entry) { try transaction.append(event) }
                },
                afterCommit: { hub.wake() })
        }
    }
}

/// What a connection may ask of us.
private enum HTTPLimits {
    /// How long a connection may be silent between or inside requests.
    static let idleTimeout: TimeAmount = .seconds(75)
    static let headerBytes = 16 * 1_024
    static let allHeadersBytes = 64 * 1_024
    static let headerCount = 100

    /// The library's own notes on every connection are not for the operator.
    static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        return quiet
    }
}
