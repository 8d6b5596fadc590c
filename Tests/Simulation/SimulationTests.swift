import Dispatch
import FoundationEssentials
import Synchronization
import Testing

@Suite("Simulation", .serialized)
struct SimulationTests {
    /// Seeds of one run of the tests, and of the long form.
    static let seeds = ProcessInfo.processInfo.environment["FIRSTLINE_TEST_LONG"] == "1" ? 1000 : 150

    @Test("Every invariant holds in every world")
    func worlds() throws {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["FIRSTLINE_TEST_SEED"].flatMap(UInt64.init) {
            let outcome = try Simulation.run(seed)
            print(outcome)
            #expect(outcome.violation == nil, "\(outcome)")
            return
        }
        let first = environment["FIRSTLINE_TEST_FIRST_SEED"].flatMap(UInt64.init) ?? 1
        let count = environment["FIRSTLINE_TEST_SEEDS"].flatMap(Int.init) ?? Self.seeds
        let outcomes = try Simulation.run(first..<first + UInt64(count))
        for outcome in outcomes where outcome.violation != nil {
            Issue.record("FIRSTLINE_TEST_SEED=\(outcome.seed): \(outcome)")
        }
        print(Simulation.summary(outcomes))
    }

    @Test("A seed replays exactly")
    func replay() throws {
        for seed in [7, 8] as [UInt64] {
            let (once, again) = (try Simulation.run(seed), try Simulation.run(seed))
            #expect(once.trace == again.trace && once.steps == again.steps)
        }
    }
}
