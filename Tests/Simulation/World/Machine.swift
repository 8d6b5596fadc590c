import Logging
import Model
import Store
import Wire

@testable import ServiceKit

/// Where one service runs, crashes and starts again on the same disk: what `RunningService` does, without sockets.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class Machine: @unchecked Sendable {
    let name: String
    let definition: ServiceDefinition
    let disk: Disk
    private unowned let world: World
    private(set) var life: Life?
    /// Why the last start failed.
    private(set) var problem = ""
    private var task: Task<Void, Never>?
    private var seenSyncs: Int64 = -1

    init(_ definition: ServiceDefinition, disk: Disk, world: World) {
        name = definition.name
        self.definition = definition
        self.disk = disk
        self.world = world
    }

    var isRunning: Bool { life?.methods != nil }

    /// Whether something was synced since this was asked last, and the service runs. Cuts the power of a disk that has failed.
    var hasNews: Bool {
        if disk.hasFailed { crash() }
        guard isRunning, disk.syncs != seenSyncs else { return false }
        seenSyncs = disk.syncs
        return true
    }

    /// Starts the service, and returns when it serves or has failed to.
    func start() async {
        await task?.value
        guard life == nil else { return }
        let life = Life(service: name)
        self.life = life
        let started = Started()
        task = Task(executorPreference: world.scheduler) {
            do { try await self.live(life, started) } catch { self.startFailed(life, error) }
            started.set()
        }
        await started.wait()
    }

    /// The power goes: nothing that was not synced is sure to be there, and nothing that still runs has any effect. After a while the
    /// service starts again.
    func crash() {
        guard let life else { return }
        life.end()
        self.life = nil
        disk.cutPower(seed: world.chance.next())
        world.checker.hasCrashed(name)
        task?.cancel()
        world.restartLater(self)
    }

    /// Ends the service in good order.
    func stop() async {
        life?.end()
        life = nil
        task?.cancel()
        await task?.value
    }

    private func live(_ life: Life, _ started: Started) async throws {
        var limits = StoreLimits()
        limits.checkpointPages = world.checkpointPages
        limits.restartPages = world.checkpointPages * 4
        limits.restartWaitMilliseconds = 0
        limits.endReadersWaitMilliseconds = 0
        limits.busyMilliseconds = 0
        let scheduler = world.scheduler
        let store = try Store.open(
            StoreConfiguration(
                folder: disk.folder, service: name, migrations: definition.migrations, limits: limits,
                execution: .stepped { scheduler.enqueue(work: $0) }),
            clock: world.clock, onFailure: { [weak self] _ in self?.storeFailed(life) })
        do {
            life.store = store
            try await serve(life, store, started)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private func serve(_ life: Life, _ store: Store, _ started: Started) async throws {
        let logger = Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
        let journals = FollowedJournals(service: name, store: store)
        let channels = definition.peers.map { peer in
            let channel = SimulatedChannel(
                network: world.network, to: peer, caller: AccessPolicy.account(ofCertificate: name), from: life)
            return (peer, channel as any CallChannel)
        }
        let environment = ServiceEnvironment(
            name: name, store: store, blobs: store.blobs(folder: disk.folder, clock: world.clock),
            dataFolder: disk.folder, config: ServiceConfig(keys: definition.allKeys, values: [:]), logger: logger,
            metrics: MetricsRegistry(), clock: world.clock, verifier: nil, endpoints: Endpoints(folder: disk.folder),
            journals: journals, channels: PeerChannels(Dictionary(uniqueKeysWithValues: channels)))
        let parts = try await definition.build(environment)
        let chance = world.chance
        let followers = parts.followers.map {
            JournalFollower(
                $0, follower: name, store: store, channel: environment.channel(to: $0.source), logger: logger,
                clock: world.clock, chance: { chance.share() })
        }
        for follower in followers { journals.add(follower) }
        let journal = JournalService(store: store, draining: Signal(), metrics: environment.metrics)
        var methods = MethodsByName()
        GuardedHandlers(handlers: parts.handlers + [journal], logger: logger).register(in: &methods)
        guard !life.isOver else { throw CancellationError() }
        life.methods = methods
        world.network.serve(life)
        world.checker.hasStarted(name)
        seenSyncs = -1
        started.set()
        await withTaskGroup(of: Void.self) { group in
            for follower in followers { group.addTask { await follower.follow() } }
            for service in parts.services { group.addTask { await Definitions.work(service) } }
        }
    }

    /// What ends the process of a real service.
    private func storeFailed(_ life: Life) {
        if self.life === life { crash() }
    }

    /// As on a full disk: whoever supervises the service tries again.
    private func startFailed(_ life: Life, _ error: any Error) {
        guard self.life === life else { return }
        problem = "\(error)"
        crash()
    }
}

/// Set once, when a service has started or will not.
private typealias Started = Signal
