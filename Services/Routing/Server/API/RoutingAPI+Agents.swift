import Model
import ServiceKit
import Store
import Wire

extension RoutingAPI {
    func putAgent(_ request: PutAgentRequest, _ context: CallContext) async throws -> RoutingAgent {
        try Self.check(request)
        return try await store.perform(context, request) { transaction in
            try AgentStore.ensure(
                request.id, role: request.role ?? .agent, active: request.active ?? true, in: transaction)
            guard var agent = try AgentStore.find(request.id, in: transaction) else {
                throw RPCError.notFound("agent \(request.id)")
            }
            agent.role = request.role ?? agent.role
            agent.active = request.active ?? agent.active
            agent.tier = request.tier ?? agent.tier
            agent.capacity = request.capacity ?? agent.capacity
            agent.presence = request.presence ?? agent.presence
            try AgentStore.update(agent, in: transaction)
            if let teams = request.teamIDs?.ids {
                try Self.requireTeams(teams, in: transaction)
                try AgentStore.setTeams(teams, of: agent.id, in: transaction)
            }
            if let skills = request.skills?.skills {
                try AgentStore.setSkills(skills, of: agent.id, in: transaction)
            }
            return try Self.changed(agent, context, in: transaction)
        }
    }

    func getAgent(_ request: GetAgentRequest, _ context: CallContext) async throws -> RoutingAgent {
        try await store.read { reader in
            guard let agent = try AgentStore.find(request.id, in: reader) else {
                throw RPCError.notFound("agent \(request.id)")
            }
            return agent
        }
    }

    func listAgents(_ request: ListAgentsRequest, _ context: CallContext) async throws -> ListAgentsResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "agents")
        guard request.ids.count <= ListLimit.greatest else {
            throw RPCError.invalidField("ids", "must hold at most \(ListLimit.greatest) ids")
        }
        return try await store.read { reader in
            if !request.ids.isEmpty {
                return ListAgentsResponse(agents: try request.ids.compactMap { try AgentStore.find($0, in: reader) })
            }
            let found = try AgentStore.list(
                after: page.afterID, teamID: request.teamID, limit: page.readLimit, in: reader)
            let (agents, next) = page.cut(found, id: \.id)
            return ListAgentsResponse(agents: agents, nextCursor: next)
        }
    }

    func setPresence(_ request: SetPresenceRequest, _ context: CallContext) async throws -> RoutingAgent {
        guard request.presence != .unspecified else {
            throw RPCError.invalidField("presence", "must be one of online, away, offline")
        }
        let caller = context.caller
        if caller.role == .agent && caller.userID != request.agentID {
            throw RPCError.forbidden("an agent sets their own presence alone")
        }
        return try await store.perform(context, request) { transaction in
            guard var agent = try AgentStore.find(request.agentID, in: transaction) else {
                throw RPCError.notFound("agent \(request.agentID)")
            }
            agent.presence = request.presence
            try AgentStore.update(agent, in: transaction)
            return try Self.changed(agent, context, in: transaction)
        }
    }

    /// Journals what an agent is now and gives them what waits.
    private static func changed(
        _ agent: RoutingAgent, _ context: CallContext, in transaction: Transaction
    ) throws -> RoutingAgent {
        let trace = context.traceParent ?? ""
        try transaction.journal(
            .agentChanged(AgentChanged(agentID: agent.id, presence: agent.presence, capacity: agent.capacity)),
            actor: context.caller.actor, traceParent: trace)
        try Dispatcher.drain(cause: nil, traceParent: trace, in: transaction)
        return try AgentStore.find(agent.id, in: transaction) ?? agent
    }

    private static func check(_ request: PutAgentRequest) throws {
        var violations: [Violation] = []
        if request.id <= 0 { violations.append(Violation(field: "id", message: "must name a user")) }
        if let tier = request.tier, !(1...highestTier).contains(tier) {
            violations.append(Violation(field: "tier", message: "must be 1 to \(highestTier)"))
        }
        if let capacity = request.capacity, !(0...highestCapacity).contains(capacity) {
            violations.append(Violation(field: "capacity", message: "must be 0 to \(highestCapacity)"))
        }
        if request.presence == .unspecified {
            violations.append(Violation(field: "presence", message: "must be one of online, away, offline"))
        }
        if let role = request.role, ![.agent, .lead, .admin].contains(role) {
            violations.append(Violation(field: "role", message: "must be one of agent, lead, admin"))
        }
        if let skills = request.skills?.skills,
            skills.count > mostSkills || skills.contains(where: { $0.isEmpty || $0.count > longestSkill })
        {
            violations.append(
                Violation(
                    field: "skills",
                    message: "must hold at most \(mostSkills) names of 1 to \(longestSkill) characters"))
        }
        guard violations.isEmpty else { throw RPCError.invalidFields(violations) }
    }

    private static func requireTeams(_ ids: [Int64], in reader: Reader) throws {
        for id in ids where try TeamStore.find(id, in: reader) == nil {
            throw RPCError.invalidField("team_ids", "team \(id) does not exist")
        }
    }
}
