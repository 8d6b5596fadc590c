import Model
public import ServiceKit
import Store
import Wire

/// The SLA timer as a service: its store, its calls, the journal that it follows, and what fires.
public enum SLATimerService {
    /// What `Main` runs.
    public static let definition = ServiceDefinition(
        name: "sla-timer", migrations: Schema.migrations, peers: ["intake"]
    ) { environment in
        let store = environment.store
        let timers = TimerService()
        try await store.write("timers.prepare") { try timers.prepare($0) }
        let journals = environment.journals
        let clock = environment.clock
        let metrics = TimerMetrics(environment.metrics)
        environment.metrics.onCollect { await metrics.collect(store, now: clock.nowMilliseconds) }
        let firing = FiringService(
            store: store, timers: timers, clock: clock,
            catchUp: {
                guard try await journals.catchUpWithHead(of: "intake", timeout: catchUpLimit) else {
                    throw RPCError(.deadlineExceeded, "Intake's journal is not applied to its end yet")
                }
            },
            logger: environment.logger, observe: metrics.count)
        return ServiceParts(
            handlers: [TimerHandler(store: store, timers: timers, clock: clock)],
            followers: [FollowerDefinition(batchesOf: "intake", apply: { try timers.apply($1, $0) })],
            services: [firing])
    }

    /// How long one attempt to catch up with Intake may take before what is due waits for the next.
    private static let catchUpLimit: Duration = .seconds(30)
}
