public import ServiceKit

/// Routing: teams, presence, capacity, queues and decisions.
public enum RoutingService {
    public static let definition = ServiceDefinition(
        name: "routing", migrations: Schema.migrations, peers: ["intake", "gateway"]
    ) { environment in
        let queue = QueueMetrics(environment.metrics, store: environment.store, clock: environment.clock)
        environment.metrics.onCollect { await queue.collect() }
        return ServiceParts(
            handlers: [RoutingAPI(store: environment.store)],
            followers: [
                FollowerDefinition(source: "intake") { transaction, entry in
                    try IntakeFollower.apply(entry, in: transaction)
                },
                FollowerDefinition(source: "gateway") { transaction, entry in
                    try GatewayFollower.apply(entry, in: transaction)
                },
            ])
    }
}
