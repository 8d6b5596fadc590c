import Model
import Wire

/// Fills an empty desk with a believable company. Does nothing where tickets are already there.
struct Demo: Sendable {
    let clients: SystemClients

    func fill() async throws {
        let intake = IntakeClient(try clients.channel("intake"))
        let existing = try await intake.listTickets(ListTicketsRequest(limit: 1))
        guard existing.tickets.isEmpty else { return }
        let teams = try await makeTeams()
        try await makeAgents(teams)
        try await makePromises()
        for ticket in DemoCompany.tickets {
            let reply = try await intake.createTicket(
                CreateTicketRequest(
                    subject: ticket.subject, body: ticket.body,
                    requester: RequesterReference(email: ticket.email, name: ticket.name), priority: ticket.priority,
                    type: ticket.type, tags: ticket.tags, teamID: teams[ticket.team] ?? 0, channel: ticket.channel))
            guard let note = ticket.note, let id = reply.ticket?.id else { continue }
            _ = try await intake.addMessage(AddMessageRequest(ticketID: id, body: note, visibility: .internal))
        }
    }

    private func makeTeams() async throws -> [String: Int64] {
        let routing = RoutingClient(try clients.channel("routing"))
        var teams: [String: Int64] = [:]
        for name in DemoCompany.teams {
            teams[name] = try await routing.createTeam(Team(name: name)).id
        }
        return teams
    }

    private func makeAgents(_ teams: [String: Int64]) async throws {
        for agent in DemoCompany.agents {
            _ = try await AgentMaker(clients: clients).make(
                CreateUserRequest(
                    name: agent.name, email: agent.email, role: agent.role, language: agent.language),
                teamIDs: agent.teams.compactMap { teams[$0] }, tier: agent.tier, capacity: 10,
                presence: agent.presence)
        }
    }

    /// A calendar with a lunch break, and a policy that promises by it.
    private func makePromises() async throws {
        let timer = SLATimerClient(try clients.channel("sla-timer"))
        let hours = (Int32(1)...5).flatMap { weekday in
            [
                DayInterval(weekday: weekday, startMinute: 9 * 60, endMinute: 12 * 60 + 30),
                DayInterval(weekday: weekday, startMinute: 13 * 60, endMinute: 18 * 60),
            ]
        }
        let calendar = try await timer.createCalendar(
            BusinessCalendar(
                name: "Warsaw office", timeZone: "Europe/Warsaw", hours: hours,
                holidays: [Holiday(date: "2026-12-25", name: "Christmas Day")]))
        let hour: Int64 = 3_600_000
        _ = try await timer.createPolicy(
            SLAPolicy(
                name: "VIP", position: 0,
                conditions: Condition(all: [Comparison(field: "tag", op: .is, value: "vip")]),
                calendarID: calendar.id,
                targets: [
                    SLATarget(
                        priority: .urgent, firstResponseMilliseconds: hour / 2, nextResponseMilliseconds: hour,
                        resolutionMilliseconds: 4 * hour),
                    SLATarget(
                        priority: .high, firstResponseMilliseconds: hour, nextResponseMilliseconds: 2 * hour,
                        resolutionMilliseconds: 8 * hour),
                    SLATarget(
                        priority: .normal, firstResponseMilliseconds: 2 * hour, nextResponseMilliseconds: 4 * hour,
                        resolutionMilliseconds: 16 * hour),
                ]))
    }
}
