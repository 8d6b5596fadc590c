public import ServiceKit
import Store
import Wire

/// Notification: everything that leaves the house.
public enum NotificationService {
    public static let definition = ServiceDefinition(
        name: "notification", migrations: Schema.migrations, peers: ["intake", "sla-timer", "gateway"],
        keys: [
            ConfigKey(
                "smtp",
                help:
                    "Mail server for outbound mail, smtp://HOST:PORT or smtps://HOST:PORT; several with commas between them are tried in order (default: none, to the outbox)"
            ),
            ConfigKey("smtp-user", help: "User at the mail servers (default: none)"),
            ConfigKey("smtp-password", help: "Password at the mail servers (default: none)", secret: true),
            ConfigKey(
                "smtp-tls", .choice(SMTPOptions.Security.allCases.map(\.rawValue)), default: "opportunistic",
                help: "TLS to smtp:// servers: where they offer it (always with a user), or required"),
            ConfigKey(
                "smtp-ca", .path,
                help: "File of PEM certificates by which mail servers are verified (default: the system's)"),
            ConfigKey(
                "smtp-rate",
                help:
                    "Mails per second to each mail server; with commas, each server's own, in their order (default: no bound)"
            ),
            ConfigKey(
                "public-url",
                help:
                    "Where requesters reach the gateway's pages, as https://help.example.org, for links in mails (default: none, and no survey is sent)"
            ),
            ConfigKey(
                "outbox", .path, help: "Maildir that takes outbound mail without a mail server (default: DATA/outbox)"),
        ]
    ) { environment in
        let transport: any MailTransport =
            if let servers = environment.config.string("smtp") {
                try SMTPTransport(try smtpOptions(servers, environment.config))
            } else {
                try OutboxTransport(
                    folder: environment.config.string("outbox") ?? environment.dataFolder + "/../outbox")
            }
        return parts(environment, transport: transport, publicURL: try publicURL(environment.config))
    }

    /// Without a slash at its end; nil for none.
    private static func publicURL(_ config: ServiceConfig) throws -> String? {
        guard var url = config.string("public-url"), !url.isEmpty else { return nil }
        while url.hasSuffix("/") { url.removeLast() }
        let isPlain = url.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\?#@".utf8.contains($0) }
        guard isPlain, ["http://", "https://"].contains(where: { url.hasPrefix($0) && url.count > $0.count }) else {
            throw ConfigError(.config, "--public-url: must be http://HOST or https://HOST, with a path or without")
        }
        return url
    }

    private static func smtpOptions(_ servers: String, _ config: ServiceConfig) throws -> SMTPOptions {
        guard let relays = MailRelay.list(servers) else {
            // Without what was given, which may hold a password.
            throw TransportFailure(
                isPermanent: true,
                message:
                    "--smtp: no list of smtp://HOST:PORT or smtps://HOST:PORT; users and passwords go into FIRSTLINE_SMTP_USER and FIRSTLINE_SMTP_PASSWORD"
            )
        }
        let rates = config.string("smtp-rate")
        guard let rates = rates.map(SMTPOptions.rates) ?? [] else {
            throw TransportFailure(
                isPermanent: true, message: "--smtp-rate: \(rates ?? "") is no number of mails per second")
        }
        return SMTPOptions(
            relays: relays, user: config.string("smtp-user") ?? "", password: config.string("smtp-password") ?? "",
            security: config.string("smtp-tls").flatMap(SMTPOptions.Security.init) ?? .opportunistic,
            caPath: config.string("smtp-ca") ?? "", rates: rates)
    }

    /// - Parameter chance: from 0 up to 1, random.
    static func parts(
        _ environment: ServiceEnvironment, transport: any MailTransport, publicURL: String? = nil,
        chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) -> ServiceParts {
        let writer = MailWriter(
            store: environment.store,
            intake: IntakeClient(environment.channel(to: "intake")),
            gateway: GatewayClient(environment.channel(to: "gateway")), publicURL: publicURL)
        let metrics = DeliveryMetrics(environment.metrics)
        let (store, clock) = (environment.store, environment.clock)
        environment.metrics.onCollect { await metrics.collect(store, now: clock.nowMilliseconds) }
        let sender = Sender(
            store: store, clock: clock, writer: writer, transport: transport, logger: environment.logger,
            metrics: metrics, chance: chance)
        return ServiceParts(
            handlers: [NotificationAPI(store: store, sender: sender, clock: clock)],
            followers: ["intake", "sla-timer"].map { source in
                FollowerDefinition(source: source) { transaction, entry in
                    try DeliveryPlanner.apply(entry, from: source, in: transaction)
                } afterCommit: {
                    sender.wake()
                }
            },
            services: [sender])
    }
}
