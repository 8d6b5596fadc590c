import Model

/// The decision on one ticket: who takes it, or why it waits.
struct Assignment: Sendable, Hashable {
    /// 0: nobody, it waits.
    var agentID: Int64
    var teamID: Int64
    var reason: Reason
    /// Every agent with the verdict on them, the best first, at most `mostCandidates`.
    var candidates: [Candidate]

    /// Codes of `AssignmentProposed.reason`.
    enum Reason: String, Sendable {
        case leastLoaded = "least_loaded"
        case noAgentInTeam = "no_agent_in_team"
        case noAgentWithTier = "no_agent_with_tier"
        case noAgentOnline = "no_agent_online"
        case allAtCapacity = "all_at_capacity"
    }

    /// What an explanation keeps.
    static let mostCandidates = 50

    /// Decides by team, tier, presence and capacity; among those who can take it the lowest tier, then the least load, then who was
    /// assigned to longest ago, then the lowest id.
    static func decide(_ ticket: RoutedTicket, among agents: [AgentState]) -> Assignment {
        let judged = agents.map { (agent: $0, verdict: verdict(on: $0, for: ticket)) }
        let eligible = judged.filter { $0.verdict == .eligible }.map(\.agent)
        let chosen = eligible.min(by: goesBefore)
        let ranked = judged.sorted { left, right in
            if left.verdict != right.verdict { return left.verdict.rawValue < right.verdict.rawValue }
            return goesBefore(left.agent, right.agent)
        }
        let candidates = ranked.prefix(mostCandidates).map { agent, verdict in
            Candidate(
                agentID: agent.id, tier: agent.tier, load: agent.load, capacity: agent.capacity,
                verdict: agent.id == chosen?.id ? "chosen" : verdict.name)
        }
        return Assignment(
            agentID: chosen?.id ?? 0,
            teamID: ticket.teamID != 0 ? ticket.teamID : chosen?.teamIDs.first ?? 0,
            reason: chosen == nil ? reason(judged.map(\.verdict)) : .leastLoaded,
            candidates: Array(candidates))
    }

    /// Why an agent can or cannot take a ticket; the nearer to taking it, the lower.
    private enum Verdict: Int {
        case eligible, atCapacity, away, offline, lowerTier, otherTeam, inactive

        var name: String {
            switch self {
            case .eligible: "eligible"
            case .atCapacity: "at_capacity"
            case .away: "away"
            case .offline: "offline"
            case .lowerTier: "lower_tier"
            case .otherTeam: "other_team"
            case .inactive: "inactive"
            }
        }
    }

    private static func verdict(on agent: AgentState, for ticket: RoutedTicket) -> Verdict {
        if !agent.active { return .inactive }
        if ticket.teamID != 0 && !agent.teamIDs.contains(ticket.teamID) { return .otherTeam }
        if agent.tier < ticket.tier { return .lowerTier }
        switch agent.presence {
        case .online: return agent.hasRoom ? .eligible : .atCapacity
        case .away: return .away
        case .offline, .unspecified: return .offline
        }
    }

    private static func reason(_ verdicts: [Verdict]) -> Reason {
        switch verdicts.min(by: { $0.rawValue < $1.rawValue }) {
        case .eligible: .leastLoaded
        case .atCapacity: .allAtCapacity
        case .away, .offline: .noAgentOnline
        case .lowerTier: .noAgentWithTier
        case .otherTeam, .inactive, nil: .noAgentInTeam
        }
    }

    private static func goesBefore(_ left: AgentState, _ right: AgentState) -> Bool {
        (Int64(left.tier), Int64(left.load), left.lastAssignment, left.id)
            < (Int64(right.tier), Int64(right.load), right.lastAssignment, right.id)
    }
}
