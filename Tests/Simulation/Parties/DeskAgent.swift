import Model
import Wire

/// An agent: answers, notes, changes tickets that others change at the same time, comes and goes.
struct DeskAgent: Sendable {
    let world: World
    let id: Int64

    private var outsider: Outsider { Outsider(world: world, caller: Caller(role: .agent, userID: id)) }

    func live(until endMicroseconds: Int64) async throws {
        while world.scheduler.nowMicroseconds < endMicroseconds {
            try await world.clock.sleep(for: world.chance.milliseconds(50...4000))
            guard !world.ledger.tickets.isEmpty, world.chance.happens(0.85) else {
                try await setPresence(world.chance.pick([.online, .online, .away, .offline]))
                continue
            }
            let ticket = world.chance.pick(world.ledger.tickets.suffix(6)).id
            if world.chance.happens(0.5) { try await answer(ticket) } else { try await edit(ticket) }
        }
    }

    private func answer(_ ticketID: Int64) async throws {
        let act = world.ledger.begin(.message, ticketID: ticketID)
        let request = AddMessageRequest(
            ticketID: ticketID, body: world.ledger[act].mark,
            visibility: world.chance.happens(0.7) ? .public : .internal,
            status: world.chance.pick([.unspecified, .unspecified, .pending, .solved, .onHold]), channel: .web)
        let outsider = outsider
        let intake = outsider.intake
        let reply = try await outsider.change(act) { try await intake.addMessage(request, $0) }
        world.ledger[act].place = reply?.place
    }

    /// Sees the ticket, thinks, and changes what they saw.
    private func edit(_ ticketID: Int64) async throws {
        let outsider = outsider
        let intake = outsider.intake
        guard let seen = try? await intake.getTicket(GetTicketRequest(id: ticketID)) else { return }
        try await world.clock.sleep(for: world.chance.milliseconds(0...1500))
        let act = world.ledger.begin(.edit, ticketID: ticketID)
        var request = UpdateTicketRequest(id: ticketID, expectedVersion: seen.version)
        request.customFields = [CustomField(name: "mark", value: world.ledger[act].mark)]
        switch world.chance.below(6) {
        case 0: request.priority = world.chance.pick([.low, .normal, .high, .urgent])
        case 1: request.status = world.chance.pick([.open, .pending, .onHold, .solved, .closed])
        case 2: request.assigneeID = 0
        case 3: request.tags = TagList(tags: world.chance.pick([["vip"], ["billing", "vip"], []]))
        case 4: request.teamID = Int64(world.chance.below(3))
        default: break
        }
        let wanted = request
        let reply =
            world.chance.happens(0.2)
            ? try await outsider.changeTwice(act) { try await intake.updateTicket(wanted, $0) }
            : try await outsider.change(act) { try await intake.updateTicket(wanted, $0) }
        world.ledger[act].place = reply?.place
        world.ledger[act].version = reply?.ticket?.version ?? 0
    }

    private func setPresence(_ presence: Presence) async throws {
        let act = world.ledger.begin(.other)
        let outsider = outsider
        let (routing, id) = (outsider.routing, id)
        _ = try await outsider.change(act) {
            try await routing.setPresence(SetPresenceRequest(agentID: id, presence: presence), $0)
        }
    }
}
