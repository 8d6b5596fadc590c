import Model
import Testing

@testable import RoutingServer

/// A ticket that waits, and agents, with what a test does not name at its usual value.
private func ticket(team: Int64 = 0, tier: Int32 = 1) -> RoutedTicket {
    RoutedTicket(
        id: 1, status: .new, teamID: team, assigneeID: 0, tier: tier, epoch: 0, proposedID: 0, proposalOffset: 0)
}

private func agent(
    _ id: Int64, presence: Presence = .online, tier: Int32 = 1, capacity: Int32 = 10, load: Int32 = 0,
    teams: [Int64] = [], last: Int64 = 0, active: Bool = true
) -> AgentState {
    AgentState(
        id: id, active: active, presence: presence, tier: tier, capacity: capacity, load: load, teamIDs: teams,
        lastAssignment: last)
}

@Suite("Assignment")
struct AssignmentTests {
    @Test("The least loaded agent takes the ticket")
    func leastLoaded() {
        let assignment = Assignment.decide(ticket(), among: [agent(1, load: 3), agent(2, load: 1), agent(3, load: 2)])
        #expect(assignment.agentID == 2)
        #expect(assignment.reason == .leastLoaded)
    }

    @Test("Between equals, the one who was assigned to longest ago takes it")
    func fairTieBreak() {
        let assignment = Assignment.decide(ticket(), among: [agent(1, last: 9), agent(2, last: 4), agent(3, last: 7)])
        #expect(assignment.agentID == 2)
    }

    @Test("The lowest tier that may take it comes first, whatever the load")
    func lowestTierFirst() {
        let agents = [agent(1, tier: 3), agent(2, tier: 2, load: 5), agent(3, tier: 1)]
        #expect(Assignment.decide(ticket(tier: 2), among: agents).agentID == 2)
    }

    @Test(
        "Nobody who may not take it is chosen, and the reason says why",
        arguments: [
            (agent(1, load: 10), "all_at_capacity", "at_capacity"),
            (agent(1, presence: .away), "no_agent_online", "away"),
            (agent(1, presence: .offline), "no_agent_online", "offline"),
            (agent(1, teams: [8]), "no_agent_in_team", "other_team"),
            (agent(1, active: false), "no_agent_in_team", "inactive"),
        ])
    func refusals(of candidate: AgentState, reason: String, verdict: String) {
        let wanted = ticket(team: verdict == "other_team" ? 7 : 0)
        let assignment = Assignment.decide(wanted, among: [candidate])
        #expect(assignment.agentID == 0)
        #expect(assignment.reason.rawValue == reason)
        #expect(assignment.candidates.map(\.verdict) == [verdict])
    }

    @Test("A ticket of tier 3 does not go to tier 2")
    func tierTooLow() {
        let assignment = Assignment.decide(ticket(tier: 3), among: [agent(1, tier: 2)])
        #expect(assignment.reason == .noAgentWithTier)
        #expect(assignment.candidates.map(\.verdict) == ["lower_tier"])
    }

    @Test("A ticket without a team gets the agent's first one")
    func teamOfAgent() {
        #expect(Assignment.decide(ticket(), among: [agent(1, teams: [4, 6])]).teamID == 4)
        #expect(Assignment.decide(ticket(team: 6), among: [agent(1, teams: [4, 6])]).teamID == 6)
    }

    @Test("An explanation keeps a bounded number of candidates, the chosen one first")
    func boundedExplanation() {
        let agents = (1...200).map { agent(Int64($0), load: Int32(200 - $0)) }
        let assignment = Assignment.decide(
            ticket(),
            among: agents.map {
                var agent = $0
                agent.capacity = 1_000
                return agent
            })
        #expect(assignment.candidates.count == Assignment.mostCandidates)
        #expect(assignment.candidates.first?.verdict == "chosen")
    }
}
