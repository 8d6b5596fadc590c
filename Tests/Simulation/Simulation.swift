import Dispatch
import Synchronization

/// Runs worlds, one for each seed.
enum Simulation {
    struct Outcome: Sendable, CustomStringConvertible {
        let seed: UInt64
        let violation: String?
        let steps: Int
        let trace: UInt64
        let entries: Int
        let crashes: Int
        let simulatedSeconds: Int

        var description: String {
            """
            seed \(seed): \(violation ?? "all held"); \(steps) steps, \(simulatedSeconds) s, \(entries) journal entries, \
            \(crashes) crashes, trace \(String(trace, radix: 16))
            """
        }
    }

    /// The disks of a desk on which every service has once made its schema.
    private static let template = Result { try Template.make() }

    static func run(_ seed: UInt64) throws -> Outcome {
        let world = World(seed: seed, disks: Disks(copying: try template.get()))
        world.run(Scenario.play)
        return Outcome(
            seed: seed, violation: world.violation?.description, steps: world.scheduler.steps,
            trace: world.scheduler.trace,
            entries: Definitions.names.map { world.checker.chronicle.journal($0).count }.reduce(0, +),
            crashes: world.crashes, simulatedSeconds: Int(world.scheduler.nowMicroseconds / 1_000_000))
    }

    /// Runs many worlds on all processors, and stops a while after the first that fails.
    static func run(_ seeds: Range<UInt64>) throws -> [Outcome] {
        _ = try template.get()
        let outcomes = Mutex<[Outcome]>([])
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
            guard outcomes.withLock({ $0.count { $0.violation != nil } }) < mostFailures else { return }
            do {
                let outcome = try run(seeds.lowerBound + UInt64(index))
                outcomes.withLock { $0.append(outcome) }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return outcomes.withLock { $0.sorted { $0.seed < $1.seed } }
    }

    static func summary(_ outcomes: [Outcome]) -> String {
        """
        \(outcomes.count) worlds: \(outcomes.map(\.steps).reduce(0, +)) steps, \(outcomes.map(\.entries).reduce(0, +)) journal entries, \
        \(outcomes.map(\.crashes).reduce(0, +)) crashes, \(outcomes.count { $0.violation != nil }) failed
        """
    }

    /// So many failing worlds are enough to look at.
    private static let mostFailures = 3
}
