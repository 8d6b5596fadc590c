import HTTPTypes
import Model
import Store
import Wire

// MARK: Requesters and organizations

extension Desk {
    func createRequester(_ call: APICall) async throws -> Answer {
        let requester = try await peers.intake.createRequester(Requester(call.json), call.options)
        return .json(.requester(requester), .created).with(.location, "/api/v1/requesters/\(requester.id)")
    }

    func getRequester(_ call: APICall) async throws -> Answer {
        .json(.requester(try await peers.intake.getRequester(GetRequesterRequest(id: try call.id()), call.options)))
    }

    func listRequesters(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listRequesters(
            ListRequestersRequest(
                query: call.text("q"), organizationID: call.integer("organization_id") ?? 0, limit: call.limit,
                cursor: call.cursor, externalID: call.text("external_id")), call.options)
        return .json(Self.page(list.requesters.map { .requester($0) }, list.nextCursor))
    }

    func updateRequester(_ call: APICall) async throws -> Answer {
        .json(
            .requester(
                try await peers.intake.updateRequester(
                    UpdateRequesterRequest(id: try call.id(), call.json), call.options)))
    }

    func createOrganization(_ call: APICall) async throws -> Answer {
        let organization = try await peers.intake.createOrganization(Organization(call.json), call.options)
        return .json(.organization(organization), .created)
            .with(.location, "/api/v1/organizations/\(organization.id)")
    }

    func getOrganization(_ call: APICall) async throws -> Answer {
        .json(
            .organization(
                try await peers.intake.getOrganization(GetOrganizationRequest(id: try call.id()), call.options)))
    }

    func listOrganizations(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listOrganizations(
            ListOrganizationsRequest(
                limit: call.limit, cursor: call.cursor, query: call.text("q"), externalID: call.text("external_id")),
            call.options)
        return .json(Self.page(list.organizations.map { .organization($0) }, list.nextCursor))
    }

    func updateOrganization(_ call: APICall) async throws -> Answer {
        .json(
            .organization(
                try await peers.intake.updateOrganization(
                    UpdateOrganizationRequest(id: try call.id(), call.json), call.options)))
    }
}

// MARK: Teams and mailboxes

extension Desk {
    func createTeam(_ call: APICall) async throws -> Answer {
        let team = try await peers.routing.createTeam(Team(name: call.json.text("name")), call.options)
        return .json(.team(team), .created).with(.location, "/api/v1/teams/\(team.id)")
    }

    func getTeam(_ call: APICall) async throws -> Answer {
        .json(.team(try await peers.routing.getTeam(GetTeamRequest(id: try call.id()), call.options)))
    }

    func listTeams(_ call: APICall) async throws -> Answer {
        let list = try await peers.routing.listTeams(
            ListTeamsRequest(limit: call.limit, cursor: call.cursor), call.options)
        return .json(Self.page(list.teams.map { .team($0) }, list.nextCursor))
    }

    func updateTeam(_ call: APICall) async throws -> Answer {
        .json(
            .team(
                try await peers.routing.updateTeam(
                    UpdateTeamRequest(id: try call.id(), name: call.json["name"]?.string), call.options)))
    }

    func createMailbox(_ call: APICall) async throws -> Answer {
        let mailbox = try await peers.intake.createMailbox(
            Mailbox(
                name: call.json.text("name"), address: call.json.text("address"), teamID: call.json.id("team_id"),
                imap: call.json["imap"].flatMap { IMAPSource($0) },
                ccPolicy: CopyPolicy(name: call.json.text("cc_policy")) ?? .unspecified,
                fromName: call.json.text("from_name"),
                color: call.json.text("color"), footer: call.json.text("footer"),
                surveyAfterMinutes: Int32(call.json["survey_after_minutes"]?.integer ?? 0)), call.options)
        return .json(.mailbox(mailbox), .created).with(.location, "/api/v1/mailboxes/\(mailbox.id)")
    }

    func getMailbox(_ call: APICall) async throws -> Answer {
        .json(.mailbox(try await peers.intake.getMailbox(GetMailboxRequest(id: try call.id()), call.options)))
    }

    func updateMailbox(_ call: APICall) async throws -> Answer {
        .json(
            .mailbox(
                try await peers.intake.updateMailbox(
                    UpdateMailboxRequest(id: try call.id(), call.json), call.options)))
    }

    func deleteMailbox(_ call: APICall) async throws -> Answer {
        _ = try await peers.intake.deleteMailbox(GetMailboxRequest(id: try call.id()), call.options)
        return Answer(status: .noContent)
    }

    func listMailboxes(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listMailboxes(ListMailboxesRequest(), call.options)
        // Intake tells all of them: they are few.
        let page = try IDPage(limit: call.limit, cursor: call.cursor, list: "mailboxes")
        let rest = list.mailboxes.filter { $0.id > page.afterID }.sorted { $0.id < $1.id }
        let cut = page.cut(rest) { $0.id }
        return .json(Self.page(cut.items.map { .mailbox($0) }, cut.nextCursor))
    }
}

// MARK: Tokens and the caller

extension Desk {
    func createToken(_ call: APICall) async throws -> Answer {
        let requesterID = call.json.id("requester_id")
        if requesterID != 0 {
            do {
                _ = try await peers.intake.getRequester(GetRequesterRequest(id: requesterID), call.readOptions)
            } catch let error as RPCError where error.code == .notFound {
                throw Problem.invalid("requester_id", "names no requester")
            }
        }
        let created = try await calls.createToken(
            CreateTokenRequest(
                name: call.json.text("name"), role: Role(name: call.json.text("role")) ?? .unspecified,
                agentID: call.json.id("agent_id"), requesterID: requesterID, scopes: call.json.strings("scopes")),
            context(call, "CreateToken"))
        return .json(.token(created.info ?? Token(), secret: created.token), .created)
    }

    func listTokens(_ call: APICall) async throws -> Answer {
        let list = try await calls.listTokens(
            ListTokensRequest(limit: call.limit, cursor: call.cursor), context(call, "ListTokens"))
        return .json(Self.page(list.tokens.map { .token($0) }, list.nextCursor))
    }

    func getToken(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        guard let token = try await store.read({ try $0.token(id: id) }) else { throw Problem.notFound() }
        return .json(.token(token))
    }

    func revokeToken(_ call: APICall) async throws -> Answer {
        _ = try await calls.revokeToken(RevokeTokenRequest(id: try call.id()), context(call, "RevokeToken"))
        return Answer(status: .noContent)
    }

    func me(_ call: APICall) async throws -> Answer { .json(.me(call.identity)) }
}
