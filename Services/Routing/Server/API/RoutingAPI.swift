import Model
import ServiceKit
import Store
import Wire

/// The RPC face of Routing: checks requests, calls stores and the dispatcher.
struct RoutingAPI: RoutingHandler {
    static let longestTeamName = 200
    static let highestTier: Int32 = 3
    static let highestCapacity: Int32 = 10_000
    static let mostSkills = 100
    static let longestSkill = 100
    /// How many decisions of one ticket an explanation shows.
    static let mostDecisions = 200

    let store: Store

    // MARK: Teams

    func createTeam(_ request: Team, _ context: CallContext) async throws -> Team {
        let name = try Self.teamName(request.name)
        return try await store.perform(context, request) { transaction in
            try Self.requireFree(name, for: 0, in: transaction)
            let team = try TeamStore.create(Team(name: name), in: transaction)
            try transaction.journal(
                .teamChanged(TeamChanged(teamID: team.id)), actor: context.caller.actor,
                traceParent: context.traceParent ?? "")
            return team
        }
    }

    func getTeam(_ request: GetTeamRequest, _ context: CallContext) async throws -> Team {
        try await store.read { reader in
            guard let team = try TeamStore.find(request.id, in: reader) else {
                throw RPCError.notFound("team \(request.id)")
            }
            return team
        }
    }

    func listTeams(_ request: ListTeamsRequest, _ context: CallContext) async throws -> ListTeamsResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "teams")
        return try await store.read { reader in
            let (teams, next) = page.cut(
                try TeamStore.list(after: page.afterID, limit: page.readLimit, in: reader), id: \.id)
            return ListTeamsResponse(teams: teams, nextCursor: next)
        }
    }

    func updateTeam(_ request: UpdateTeamRequest, _ context: CallContext) async throws -> Team {
        let name = try request.name.map(Self.teamName)
        return try await store.perform(context, request) { transaction in
            guard let team = try TeamStore.find(request.id, in: transaction) else {
                throw RPCError.notFound("team \(request.id)")
            }
            guard let name else { return team }
            try Self.requireFree(name, for: team.id, in: transaction)
            try TeamStore.rename(team.id, to: name, in: transaction)
            try transaction.journal(
                .teamChanged(TeamChanged(teamID: team.id)), actor: context.caller.actor,
                traceParent: context.traceParent ?? "")
            return try TeamStore.find(team.id, in: transaction) ?? team
        }
    }

    private static func teamName(_ name: String) throws -> String {
        guard !name.isEmpty, name.count <= longestTeamName else {
            throw RPCError.invalidField("name", "must have 1 to \(longestTeamName) characters")
        }
        return name
    }

    private static func requireFree(_ name: String, for id: Int64, in reader: Reader) throws {
        if try TeamStore.isNameTaken(name, byOtherThan: id, in: reader) {
            throw RPCError.invalidField("name", "another team has this name")
        }
    }

    // MARK: Explanations

    func explain(_ request: ExplainRequest, _ context: CallContext) async throws -> ExplainResponse {
        try await store.read { reader in
            guard try RoutedTicketStore.find(request.ticketID, in: reader) != nil else {
                throw RPCError.notFound("ticket \(request.ticketID)")
            }
            return ExplainResponse(
                ticketID: request.ticketID,
                decisions: try DecisionStore.all(of: request.ticketID, limit: Self.mostDecisions, in: reader),
                queuePosition: try RoutedTicketStore.queuePosition(of: request.ticketID, in: reader))
        }
    }

    func getQueue(_ request: GetQueueRequest, _ context: CallContext) async throws -> GetQueueResponse {
        let limit = try ListLimit.items(request.limit)
        return try await store.read { reader in
            GetQueueResponse(
                tickets: try RoutedTicketStore.queue(teamID: request.teamID, limit: limit, in: reader),
                total: try RoutedTicketStore.queueLength(teamID: request.teamID, in: reader))
        }
    }
}
