import Model
import Wire

/// What lies between the parties: it delays, loses, repeats and parts.
///
/// `@unchecked Sendable`: only touched on the world's thread.
final class Network: @unchecked Sendable {
    /// Who answers under a service's name now.
    private(set) var servers: [String: Life] = [:]
    /// Pairs of parties between which nothing passes.
    private(set) var cuts: Set<Set<String>> = []
    var lossProbability = 0.0
    var repeatProbability = 0.0
    var longestDelayMilliseconds = 3

    private let scheduler: Scheduler
    private let chance: Chance

    init(scheduler: Scheduler, chance: Chance) {
        self.scheduler = scheduler
        self.chance = chance
    }

    func serve(_ life: Life) {
        servers[life.service] = life
    }

    func cut(_ left: String, _ right: String) { cuts.insert([left, right]) }

    func join(_ left: String, _ right: String) { cuts.remove([left, right]) }

    func heal() {
        cuts = []
        lossProbability = 0
        repeatProbability = 0
    }

    /// Brings one message over; returns how often it arrives. What is lost is noticed after a while, as by a timeout.
    func carry(from: String, to: String) async throws -> Int {
        if longestDelayMilliseconds > 0 {
            try await scheduler.sleep(for: chance.milliseconds(0...longestDelayMilliseconds))
        }
        if cuts.contains([from, to]) || chance.happens(lossProbability) {
            try await scheduler.sleep(for: chance.milliseconds(50...500))
            throw RPCError(.unavailable, "the network lost it")
        }
        return chance.happens(repeatProbability) ? 2 : 1
    }

    /// The one who serves a name, if anybody does.
    func server(_ name: String) throws -> (life: Life, methods: MethodsByName) {
        guard let life = servers[name], !life.isOver, let methods = life.methods else {
            throw RPCError(.unavailable, "nobody listens there")
        }
        return (life, methods)
    }

    /// Whether a message of a stream vanishes and the next still comes, which TCP does not do: a follower must notice it all the same.
    func losesFromStream() -> Bool { chance.happens(lossProbability / 4) }
}
