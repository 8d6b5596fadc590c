import Model
import Store
import Wire

@testable import ServiceKit

/// Whoever runs the desk: sets it up, and changes capacities, policies and people while it works.
struct Lead: Sendable {
    let world: World
    static let agentIDs: [Int64] = [1, 2, 3, 4]

    private var outsider: Outsider {
        Outsider(world: world, caller: AccessPolicy.account(ofCertificate: AccessPolicy.operatorName))
    }

    /// Teams, agents, and promises that fall due while the world lasts: hours of every day, targets of seconds.
    func prepare() async throws {
        let outsider = outsider
        for name in ["First", "Second"] {
            let routing = outsider.routing
            _ = try await outsider.change(world.ledger.begin(.other)) {
                try await routing.createTeam(Team(name: name), $0)
            }
        }
        for id in Self.agentIDs { try await put(id, presence: world.chance.pick([.online, .online, .away])) }
        let timers = outsider.timers
        let calendar = try await outsider.change(world.ledger.begin(.other)) {
            try await timers.createCalendar(
                BusinessCalendar(
                    name: "Always", timeZone: "UTC",
                    hours: (1...7).map { DayInterval(weekday: $0, startMinute: 0, endMinute: 1440) }), $0)
        }
        let policy = policy(calendarID: calendar?.id ?? 0)
        _ = try await outsider.change(world.ledger.begin(.other)) { try await timers.createPolicy(policy, $0) }
    }

    func live(until endMicroseconds: Int64) async throws {
        while world.scheduler.nowMicroseconds < endMicroseconds {
            try await world.clock.sleep(for: world.chance.milliseconds(500...15_000))
            switch world.chance.below(4) {
            case 0: try await changePolicy()
            case 1: try await changeUser()
            default: try await put(world.chance.pick(Self.agentIDs), presence: nil)
            }
        }
    }

    private func put(_ id: Int64, presence: Presence?) async throws {
        let outsider = outsider
        let routing = outsider.routing
        let request = PutAgentRequest(
            id: id, teamIDs: IDList(ids: world.chance.pick([[1], [2], [1, 2]])), tier: Int32(1 + world.chance.below(2)),
            capacity: Int32(world.chance.below(4)), presence: presence)
        _ = try await outsider.change(world.ledger.begin(.other)) { try await routing.putAgent(request, $0) }
    }

    private func changePolicy() async throws {
        let outsider = outsider
        let timers = outsider.timers
        guard let known = try? await timers.listPolicies(ListPoliciesRequest()).policies.first else { return }
        var policy = policy(calendarID: known.calendarID)
        policy.id = known.id
        policy.version = known.version
        let wanted = policy
        _ = try await outsider.change(world.ledger.begin(.other)) { try await timers.updatePolicy(wanted, $0) }
    }

    /// The gateway's journal says that somebody left, or came back.
    private func changeUser() async throws {
        guard let store = world.machine("gateway").life?.store else { return }
        let user = UserChanged(
            userID: world.chance.pick(Self.agentIDs), role: .agent, active: world.chance.happens(0.7))
        // A gateway that crashes meanwhile has told nobody.
        _ = try? await store.write("user") { try $0.journal(.userChanged(user), actor: Actor(kind: .system)) }
    }

    private func policy(calendarID: Int64) -> SLAPolicy {
        let seconds: [Int64] = [5, 15, 40, 100]
        return SLAPolicy(
            name: "Seconds", position: 1, conditions: Condition(), calendarID: calendarID,
            targets: [Priority.low, .normal, .high, .urgent].map { priority in
                SLATarget(
                    priority: priority, firstResponseMilliseconds: world.chance.pick(seconds) * 1000,
                    nextResponseMilliseconds: world.chance.pick(seconds) * 1000,
                    resolutionMilliseconds: world.chance.pick(seconds) * 1000)
            },
            warnAt: 0.5)
    }
}
