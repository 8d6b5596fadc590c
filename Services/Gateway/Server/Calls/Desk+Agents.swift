import HTTPTypes
import Logging
import Model
import Wire

/// Agents are the gateway's users together with what routing knows of them.
extension Desk {
    private static let routingFields = ["team_ids", "tier", "skills", "capacity", "presence"]

    func createAgent(_ call: APICall) async throws -> Answer {
        let user = try await calls.createUser(
            CreateUserRequest(
                name: call.json.text("name"), email: call.json.text("email"),
                role: Role(name: call.json.text("role")) ?? .agent, language: call.json.text("language")),
            context(call, "CreateUser"))
        let agent = try await peers.routing.putAgent(
            PutAgentRequest(id: user.id, role: user.role, active: true, call.json), call.options)
        return .json(.agent(user, agent), .created).with(.location, "/api/v1/agents/\(user.id)")
    }

    func getAgent(_ call: APICall) async throws -> Answer {
        let user = try await calls.getUser(GetUserRequest(id: try call.id()), context(call, "GetUser"))
        let agents = await agents([user.id], call)
        return .json(.agent(user, agents?[user.id])).with(.stale, agents == nil ? "routing" : nil)
    }

    func listAgents(_ call: APICall) async throws -> Answer {
        let list = try await calls.listUsers(
            ListUsersRequest(limit: call.limit, cursor: call.cursor), context(call, "ListUsers"))
        let agents = await agents(list.users.map(\.id), call)
        return .json(Self.page(list.users.map { .agent($0, agents?[$0.id]) }, list.nextCursor))
            .with(.stale, agents == nil ? "routing" : nil)
    }

    /// What routing knows of users; nil while it is away.
    func agents(_ ids: [Int64], _ call: APICall) async -> [Int64: RoutingAgent]? {
        guard !ids.isEmpty else { return [:] }
        var options = call.readOptions
        options.timeout = Self.deadlinesTimeout
        do {
            let list = try await peers.routing.listAgents(
                ListAgentsRequest(limit: Int32(ListLimit.greatest), ids: ids), options)
            return Dictionary(list.agents.map { ($0.id, $0) }) { old, _ in old }
        } catch {
            logger.notice("agents go without routing's facts", metadata: ["error": "\(error)"])
            return nil
        }
    }

    func updateAgent(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        let facts = Self.routingFields.filter { call.json[$0] != nil }
        let change = UpdateUserRequest(id: id, call.json)
        if let change { try Self.check(change, by: call.caller) }
        var user = try await calls.getUser(GetUserRequest(id: id), context(call, "GetUser"))
        if let change { user = try await calls.updateUser(change, context(call, "UpdateUser")) }
        // Whoever may not change an agent may still come and go.
        if facts == ["presence"] {
            let presence = Presence(name: call.json.text("presence")) ?? .unspecified
            let agent = try await peers.routing.setPresence(
                SetPresenceRequest(agentID: id, presence: presence), call.options)
            return .json(.agent(user, agent))
        }
        if !facts.isEmpty || change?.role != nil || change?.active != nil {
            let agent = try await peers.routing.putAgent(
                PutAgentRequest(id: id, role: user.role, active: user.active, call.json), call.options)
            return .json(.agent(user, agent))
        }
        let agents = await agents([id], call)
        return .json(.agent(user, agents?[id])).with(.stale, agents == nil ? "routing" : nil)
    }

    /// Changes who a user is, or how they sign.
    @discardableResult
    func change(_ change: UpdateUserRequest, by caller: Caller, _ metadata: Metadata) async throws -> User {
        try Self.check(change, by: caller)
        return try await calls.updateUser(
            change, CallContext(method: "firstline.v1.Gateway/UpdateUser", caller: caller, metadata: metadata))
    }

    /// Whoever may come and go may also say how they sign.
    private static func check(_ change: UpdateUserRequest, by caller: Caller) throws {
        let isOwnSignature =
            change == UpdateUserRequest(id: caller.userID, signature: change.signature)
            && AccessPolicy.allows(caller, "firstline.v1.Routing/SetPresence")
        guard isOwnSignature || AccessPolicy.allows(caller, "firstline.v1.Gateway/UpdateUser") else {
            throw Problem.forbidden("Only administrators change who a user is.")
        }
    }

    /// An agent is never removed: what they did stays theirs. They can no longer sign in, and get no more work.
    func deactivateAgent(_ call: APICall) async throws -> Answer {
        _ = try await calls.updateUser(
            UpdateUserRequest(id: try call.id(), active: false), context(call, "UpdateUser"))
        return Answer(status: .noContent)
    }
}
