import Model

/// What happens in every world: a desk is set up, people work while misfortunes strike, all is repaired, and in the end everything must
/// have come to rest as it should.
enum Scenario {
    static func play(_ world: World) async throws {
        for machine in world.machines { await machine.start() }
        let lead = Lead(world: world)
        try await lead.prepare()
        let end = world.scheduler.nowMicroseconds + Int64(world.chance.pick([15, 30, 60])) * 1_000_000
        let fate = Fate(world: world)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...2 {
                group.addTask { try await Customer(world: world, email: "c\(number)@example.org").live(until: end) }
            }
            for id in Lead.agentIDs.prefix(3) {
                group.addTask { try await DeskAgent(world: world, id: id).live(until: end) }
            }
            group.addTask { try await lead.live(until: end) }
            group.addTask { try await fate.strike(until: end) }
            try await group.waitForAll()
        }
        await fate.end()
        try await rest(world)
        try world.checker.checkEnd(world)
    }

    /// Lets the world work off what is left, and fails when it takes too long.
    private static func rest(_ world: World) async throws {
        var left = 90
        while true {
            try await world.clock.sleep(for: .seconds(1))
            guard let unrest = try world.checker.unrest(world) else { return }
            left -= 1
            if left == 0 { throw Violated("everything comes to rest", unrest) }
        }
    }
}
