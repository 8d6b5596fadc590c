import Logging
import Model
import RPC
import ServiceLifecycle
import Store
import Synchronization
import Wire

/// An instance that waits until it may lead. Meanwhile it answers health, and tells every other call where the leader is.
struct Standby: Sendable {
    let definition: ServiceDefinition
    let config: ServiceConfig
    let files: ServiceFiles
    let endpoints: Endpoints
    let metrics: MetricsRegistry
    let logger: Logger
    /// Nil where something else ends the service.
    let stop: StopRequest?

    /// Returns the right to lead, and where it listened meanwhile; nil when it was told to stop before.
    func lease(_ address: PostgresAddress) async throws -> (lease: PostgresLease, listen: HostPort)? {
        let leader = StandbyLeader()
        LeaderMetrics(metrics).set(leads: false, term: 0)
        let draining = Signal()
        let readiness = StandbyReadiness(service: definition.name, leader: leader)
        let server = try await GuardedServer(config: config, files: files, metrics: metrics, logger: logger).bind(
            [], readiness: readiness, draining: draining, unserved: { RPCError.notHere(leader: leader.current) })
        let listen = HostPort(host: config.address("listen").host, port: server.port)
        endpoints.expect(["rpc", "admin"])
        try endpoints.announce("rpc", listen)
        var address = address
        if config.string("advertise") == nil { address.advertised = listen.description }
        let contest = LeaseWait(address: address, service: definition.name, leader: leader, logger: logger)
        let admin = AdminServer(
            config: config, readiness: readiness, metrics: metrics, endpoints: endpoints, logger: logger)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: admin.service(), serviceName: "admin"),
            .init(service: ServerDrain(server: server, draining: draining), serviceName: "rpc"),
        ]
        // Listeners of other protocols hand their connections on to the leader's, which listen at the same ports.
        services += definition.relayed.map { key in
            let relay = LeaderRelay(address: config.address(key), leader: leader)
            return .init(service: config.listening(key, relay), serviceName: "relay")
        }
        services.append(
            .init(
                service: contest, successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "lease"))
        do {
            try await ServiceGroup(services, stop: stop, config: config, logger: logger).run()
        } catch {
            await server.drain(timeout: .zero)
            // It won at the very moment when it was told to stop: two parts have ended, and none failed.
            guard contest.won != nil, error is ServiceGroupError else { throw error }
        }
        return contest.won.map { ($0, listen) }
    }
}

/// Waits for the lead as a part of a group.
private final class LeaseWait: Service {
    private let address: PostgresAddress
    private let service: String
    private let leader: StandbyLeader
    private let logger: Logger
    private let lease = Mutex<PostgresLease?>(nil)

    init(address: PostgresAddress, service: String, leader: StandbyLeader, logger: Logger) {
        self.address = address
        self.service = service
        self.leader = leader
        self.logger = logger
    }

    var won: PostgresLease? { lease.withLock { $0 } }

    func run() async throws {
        do {
            let won = try await cancelWhenGracefulShutdown { [address, service, leader, logger] in
                try await PostgresLease.take(address, service: service) { now in
                    if leader.current != now {
                        logger.notice("standing by", metadata: ["leader.address": "\(now ?? "none")"])
                    }
                    leader.set(now)
                }
            }
            lease.withLock { $0 = won }
            logger.notice("leading", metadata: ["leader.term": "\(won.term)"])
        } catch is CancellationError {
            return
        }
    }
}
