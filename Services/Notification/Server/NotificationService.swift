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
                    "Mail server for outbound mail, smtp://HOST:PORT or smtps://HOST:PORT (default: none, to the outbox)"
            ),
            ConfigKey("smtp-user", help: "User at the mail server (default: none)"),
            ConfigKey("smtp-password", help: "Password at the mail server (default: none)", secret: true),
            ConfigKey(
                "outbox", .path, help: "Maildir that takes outbound mail without a mail server (default: DATA/outbox)"),
        ]
    ) { environment in
        let transport: any MailTransport =
            if let url = environment.config.string("smtp") {
                try SMTPTransport(
                    url: url, user: environment.config.string("smtp-user") ?? "",
                    password: environment.config.string("smtp-password") ?? "")
            } else {
                try OutboxTransport(
                    folder: environment.config.string("outbox") ?? environment.dataFolder + "/../outbox")
            }
        return parts(environment, transport: transport)
    }

    /// - Parameter chance: from 0 up to 1, random.
    static func parts(
        _ environment: ServiceEnvironment, transport: any MailTransport,
        chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) -> ServiceParts {
        let writer = MailWriter(
            intake: IntakeClient(environment.channel(to: "intake")),
            gateway: GatewayClient(environment.channel(to: "gateway")))
        let metrics = DeliveryMetrics(environment.metrics)
        let (store, clock) = (environment.store, environment.clock)
        environment.metrics.onCollect { await metrics.collect(store, now: clock.nowMilliseconds) }
        let sender = Sender(
            store: store, clock: clock, writer: writer, transport: transport, logger: environment.logger,
            metrics: metrics, chance: chance)
        return ServiceParts(
            handlers: [NotificationAPI(store: store, sender: sender)],
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
