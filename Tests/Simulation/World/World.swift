import Model
import ServiceKit
import Store
import Wire

/// All services, whoever uses them and whatever befalls them, in one thread and by one seed.
///
/// `@unchecked Sendable`: only touched on the thread that runs it.
final class World: @unchecked Sendable {
    let seed: UInt64
    let chance: Chance
    let scheduler: Scheduler
    let clock: SimulatedClock
    let network: Network
    let post: Post
    let checker: Checker
    let ledger = Ledger()
    private(set) var machines: [Machine] = []
    /// How often a write-ahead log is copied back.
    let checkpointPages: Int32
    private(set) var violation: Violated?
    private(set) var crashes = 0
    private var isOver = false
    /// Nothing starts any more.
    private var isEnding = false
    private var restarts: [Task<Void, Never>] = []

    /// A world does not come to rest within so many steps: then something spins.
    static let limitSteps = 3_000_000

    init(seed: UInt64, disks: Disks) {
        self.seed = seed
        chance = Chance(seed: seed)
        scheduler = Scheduler(chance: chance)
        clock = SimulatedClock(scheduler: scheduler)
        network = Network(scheduler: scheduler, chance: chance)
        post = Post(scheduler: scheduler, chance: chance)
        checker = Checker(clock: clock)
        checkpointPages = Int32(chance.pick([20, 100, 2000]))
        machines = Definitions.all(post: post, chance: chance).map { definition in
            Machine(definition, disk: disks.disk(of: definition.name), world: self)
        }
    }

    func machine(_ name: String) -> Machine { machines.first { $0.name == name }! }

    /// Runs `play` and everything that it sets in motion, to the end or to the first violation.
    func run(_ play: @escaping @Sendable (World) async throws -> Void) {
        let main = Task(executorPreference: scheduler) {
            do { try await play(self) } catch { self.note(error) }
            self.isEnding = true
            for machine in self.machines { await machine.stop() }
            self.isOver = true
        }
        while !isOver && violation == nil {
            guard scheduler.steps < Self.limitSteps, scheduler.step() else {
                note(Violated("the world comes to rest", "\(scheduler.steps) steps, and it does not"))
                break
            }
            for machine in machines where machine.hasNews {
                do { try checker.check(machine.name, disk: machine.disk) } catch { note(error) }
            }
        }
        if !isOver { abandon(main) }
        checker.close()
    }

    /// A crashed service starts again after a while.
    func restartLater(_ machine: Machine) {
        guard !isEnding else { return }
        crashes += 1
        let pause = chance.milliseconds(0...4000)
        restarts.append(
            Task(executorPreference: scheduler) {
                try? await self.clock.sleep(for: pause)
                await machine.start()
            })
    }

    /// Returns once every crashed service has started again.
    func awaitRestarts() async {
        while let restart = restarts.popLast() { await restart.value }
    }

    private func note(_ error: any Error) {
        if violation == nil { violation = error as? Violated ?? Violated("the world goes on", "\(error)") }
    }

    /// Ends what still runs after a violation, so that nothing of this world is left behind.
    private func abandon(_ main: Task<Void, Never>) {
        main.cancel()
        isEnding = true
        for machine in machines { machine.crash() }
        for restart in restarts { restart.cancel() }
        var left = 200_000
        while !isOver && left > 0 && scheduler.step() { left -= 1 }
    }
}

/// An invariant that did not hold.
struct Violated: Error, CustomStringConvertible {
    let invariant: String
    let what: String

    init(_ invariant: String, _ what: String) {
        self.invariant = invariant
        self.what = what
    }

    var description: String { "\(invariant): \(what)" }
}
