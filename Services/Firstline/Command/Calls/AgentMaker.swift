import Model
import Wire

/// Makes an agent: the user at the gateway, the routing facts at Routing.
struct AgentMaker {
    let clients: SystemClients

    func make(
        _ request: CreateUserRequest, teamIDs: [Int64], tier: Int32, capacity: Int32, presence: Presence? = nil
    ) async throws -> User {
        let user = try await GatewayClient(clients.channel("gateway")).createUser(request)
        _ = try await RoutingClient(clients.channel("routing")).putAgent(
            PutAgentRequest(
                id: user.id, teamIDs: IDList(ids: teamIDs), tier: tier, capacity: capacity, presence: presence,
                role: user.role, active: user.active))
        return user
    }
}
