import ServiceKit
import Store

/// Makes each service's schema once: every world begins with a copy.
enum Template {
    static func make() throws -> Disks {
        let disks = Disks()
        let chance = Chance(seed: 0)
        let scheduler = Scheduler(chance: chance)
        let clock = SimulatedClock(scheduler: scheduler)
        let end = End()
        Task(executorPreference: scheduler) {
            do {
                for definition in Definitions.all(post: Post(scheduler: scheduler, chance: chance), chance: chance) {
                    let store = try Store.open(
                        StoreConfiguration(
                            folder: disks.disk(of: definition.name).folder, service: definition.name,
                            migrations: definition.migrations, execution: .stepped { scheduler.enqueue(work: $0) }),
                        clock: clock)
                    await store.close()
                }
                end.result = .success(disks)
            } catch {
                end.result = .failure(error)
            }
        }
        while end.result == nil, scheduler.step() {}
        guard let result = end.result else { preconditionFailure("the stores are never made") }
        return try result.get()
    }

    /// `@unchecked Sendable`: only touched on the thread that makes the template.
    private final class End: @unchecked Sendable {
        var result: Result<Disks, any Error>?
    }
}
