public import Logging
import Model
import RPC
import ServiceLifecycle
public import Store
import Wire

/// A service that listens: built from its definition and its settings, run until it is told to stop.
public final class RunningService: Sendable {
    public let store: Store
    public let endpoints: Endpoints
    public let journals: FollowedJournals
    public let metrics: MetricsRegistry
    public let rpcAddress: HostPort
    private let channels: PeerChannels
    private let server: RPCServer
    private let group: ServiceGroup
    private let draining: Signal
    private let logger: Logger

    /// How long services may take to end after SIGTERM, before they are cancelled.
    static let drainTime: Duration = .seconds(8)
    /// How long calls in flight may take.
    static let callDrainTime: Duration = .seconds(3)
    /// After so long the process ends whatever still runs: what was acknowledged is on disk.
    static let longestStop: Duration = .milliseconds(9_500)

    /// Opens the store, builds the parts and listens. What was opened is closed again when something fails.
    /// - Parameter stop: of the whole process, which is this service; nil where something else ends it.
    ///
    /// With PostgreSQL it first waits until it may lead.
    /// - Returns: nil when it was told to stop while it waited.
    /// - Throws: `ConfigError`, `StoreError`, `TLSError`, and what the definition's `build` throws.
    static func start(
        _ definition: ServiceDefinition, config: ServiceConfig, logger: Logger, clock: any WallClock = SystemClock(),
        stop: StopRequest?
    ) async throws -> RunningService? {
        let files = try ServiceFiles(service: definition.name, config: config, clock: clock)
        let folder = config.string("data")!
        var config = config
        let database = config.database
        var lease: PostgresLease?
        if case .postgres(let address) = database {
            try Store.makeFolder(folder)
            let standby = Standby(
                definition: definition, config: config, files: files, endpoints: Endpoints(folder: folder),
                metrics: MetricsRegistry(), logger: logger, stop: stop)
            guard let won = try await standby.lease(address) else { return nil }
            lease = won.lease
            // What others were told stays true.
            config = config.setting("listen", to: won.listen.description)
        }
        let store = try Store.open(
            StoreConfiguration(
                folder: folder, service: definition.name, migrations: definition.migrations, database: database),
            lease: lease, clock: clock)
        do {
            if let term = try await Restoration.finish(store, folder: folder) {
                logger.notice("the store was restored from a backup", metadata: ["journal.term": "\(term)"])
            }
            return try await RunningService(
                definition, config: config, files: files, folder: folder, store: store, logger: logger, clock: clock,
                stop: stop)
        } catch {
            await store.close()
            throw error
        }
    }

    /// The same for a service that something else ends.
    public static func start(
        _ definition: ServiceDefinition, config: ServiceConfig, logger: Logger, clock: any WallClock = SystemClock()
    ) async throws -> RunningService? {
        try await start(definition, config: config, logger: logger, clock: clock, stop: nil)
    }

    private init(
        _ definition: ServiceDefinition, config: ServiceConfig, files: ServiceFiles, folder: String, store: Store,
        logger: Logger, clock: any WallClock, stop: StopRequest?
    ) async throws {
        self.store = store
        self.logger = logger
        let metrics = MetricsRegistry()
        self.metrics = metrics
        let journals = FollowedJournals(service: definition.name, store: store)
        self.journals = journals
        endpoints = Endpoints(folder: folder)
        draining = Signal()
        channels = try PeerChannels(
            definition.peers, of: definition.name, config: config, tls: files.tls, leaderTerm: store.leaderTerm,
            logger: logger)
        let environment = ServiceEnvironment(
            name: definition.name, store: store,
            blobs: store.blobs(folder: folder, clock: clock),
            dataFolder: folder,
            config: config,
            logger: logger, metrics: metrics, clock: clock, verifier: files.verifier, endpoints: endpoints,
            journals: journals,
            channels: channels)
        let parts = try await definition.build(environment)
        endpoints.expect(["rpc", "admin"] + parts.endpoints)
        let followers = parts.followers.map {
            JournalFollower(
                $0, follower: definition.name, store: store, channel: environment.channel(to: $0.source),
                logger: logger, clock: clock
            )
        }
        for follower in followers { journals.add(follower) }
        let readiness = Readiness(
            service: definition.name, store: store, journals: journals, endpoints: endpoints, checks: parts.ready)
        RunningService.collect(metrics, store: store, journals: journals, service: definition.name)
        let disk = DiskMetrics(metrics, folder: folder)
        let certificates = CertificateMetrics(metrics, tls: files.tls)
        metrics.onCollect {
            disk.collect()
            certificates.collect()
        }

        server = try await GuardedServer(config: config, files: files, metrics: metrics, logger: logger).bind(
            parts.handlers + [
                JournalService(store: store, draining: draining, metrics: metrics),
                BackupService(service: definition.name, store: store, folder: folder),
            ], readiness: readiness, draining: draining)
        let listen = config.address("listen")
        rpcAddress = HostPort(host: listen.host, port: server.port)
        try endpoints.announce("rpc", rpcAddress)

        let admin = AdminServer(
            config: config, readiness: readiness, metrics: metrics, endpoints: endpoints, logger: logger)
        // Shutdown goes from the last to the first: no new calls, then the service's own work, then its followers.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: admin.service(), serviceName: "admin"),
            .init(
                service: JournalLog(service: definition.name, store: store, logger: logger), serviceName: "journal log"),
        ]
        services += followers.map { .init(service: $0, serviceName: "follower of \($0.source)") }
        services += parts.services.map { .init(service: StoppableService(service: $0), serviceName: "\(type(of: $0))") }
        services.append(.init(service: ServerDrain(server: server, draining: draining), serviceName: "rpc"))
        if stop != nil {
            services.append(.init(service: StopLimit(), successTerminationBehavior: .ignore, serviceName: "stop limit"))
        }
        group = ServiceGroup(services, stop: stop, config: config, logger: logger)
    }

    /// Serves until `stop` is called or, as a process, SIGTERM or SIGINT comes; returns when everything has ended and the store is
    /// closed. Throws what a part of the service failed by.
    public func run() async throws {
        logger.info("service started", metadata: ["rpc.address": "\(rpcAddress)"])
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await group.run()) } catch { outcome = .failure(error) }
        endpoints.forget()
        // A part that failed cancels the others before the server could drain.
        draining.set()
        await server.drain(timeout: .zero)
        await channels.close()
        await store.close()
        try outcome.get()
        logger.info("service stopped")
    }

    /// Begins a graceful stop.
    public func stop() async {
        await group.triggerGracefulShutdown()
    }

    private static func collect(_ metrics: MetricsRegistry, store: Store, journals: FollowedJournals, service: String) {
        metrics.gauge("firstline_build_info", help: "1, with the version as a label.", labels: ["service", "version"])
            .set(1, [service, FirstlineVersion.current])
        let process = ProcessMetrics(metrics)
        let stores = StoreMetrics(metrics)
        let follows = FollowerMetrics(metrics)
        metrics.onCollect {
            process.collect()
            await stores.collect(store)
            follows.collect(journals.states)
        }
    }
}
