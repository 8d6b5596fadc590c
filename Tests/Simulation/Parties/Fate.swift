import Model

/// What befalls the world: each seed draws which misfortunes there are and how often.
struct Fate: Sendable {
    private enum Misfortune: CaseIterable {
        case crash, crashInWrite, partition, fullDisk, clock, badNetwork, badPost
    }

    let world: World
    private let misfortunes: [Misfortune]
    private let longestPauseMilliseconds: Int

    init(world: World) {
        self.world = world
        misfortunes = Misfortune.allCases.filter { _ in world.chance.happens(0.6) }
        longestPauseMilliseconds = world.chance.pick([3000, 10_000, 30_000])
    }

    func strike(until endMicroseconds: Int64) async throws {
        world.network.longestDelayMilliseconds = world.chance.pick([0, 3, 40])
        while world.scheduler.nowMicroseconds < endMicroseconds, !misfortunes.isEmpty {
            try await world.clock.sleep(for: world.chance.milliseconds(200...longestPauseMilliseconds))
            try await strike(world.chance.pick(misfortunes))
        }
    }

    /// All is well again: what was broken is repaired, and the clock shows the time.
    func end() async {
        world.network.heal()
        world.network.longestDelayMilliseconds = 3
        world.post.refusalProbability = 0
        for machine in world.machines { machine.disk.isFull = false }
        for machine in world.machines { machine.disk.fail(afterWrites: -1) }
        world.clock.set(aheadMilliseconds: 0)
        await world.awaitRestarts()
    }

    private func strike(_ misfortune: Misfortune) async throws {
        let machine = world.chance.pick(world.machines)
        switch misfortune {
        case .crash:
            machine.crash()
        case .crashInWrite:
            machine.disk.fail(afterWrites: world.chance.below(40))
        case .partition:
            let other = world.chance.pick(world.machines.map(\.name) + [SimulatedChannel.outside])
            world.network.cut(machine.name, other)
            try await world.clock.sleep(for: world.chance.milliseconds(100...12_000))
            world.network.join(machine.name, other)
        case .fullDisk:
            machine.disk.isFull = true
            try await world.clock.sleep(for: world.chance.milliseconds(100...5000))
            machine.disk.isFull = false
        case .clock:
            let ahead = world.chance.pick([
                0, 1000, -1000, 60_000, -60_000, 3_600_000, -3_600_000, 86_400_000, -86_400_000,
            ])
            world.clock.set(aheadMilliseconds: Int64(ahead))
        case .badNetwork:
            world.network.lossProbability = world.chance.pick([0, 0.02, 0.2])
            world.network.repeatProbability = world.chance.pick([0, 0.1])
        case .badPost:
            world.post.refusalProbability = world.chance.pick([0, 0.5])
        }
    }
}
