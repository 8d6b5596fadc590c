import Model
import Wire

/// A customer: opens tickets and writes into their own.
struct Customer: Sendable {
    let world: World
    let email: String

    func live(until endMicroseconds: Int64) async throws {
        var requesterID: Int64 = 0
        var tickets: [Int64] = []
        while world.scheduler.nowMicroseconds < endMicroseconds {
            try await world.clock.sleep(for: world.chance.milliseconds(50...5000))
            if requesterID != 0, world.chance.happens(0.5) {
                let ticket = try await write(into: world.chance.pick(tickets), as: requesterID)
                if let ticket, !tickets.contains(ticket) { tickets.append(ticket) }
            } else if let opened = try await open() {
                requesterID = opened.requester?.id ?? 0
                tickets.append(opened.id)
            }
        }
    }

    private func open() async throws -> Ticket? {
        let gateway = Outsider(world: world, caller: AccessPolicy.account(ofCertificate: AccessPolicy.gatewayName))
        let act = world.ledger.begin(.ticket)
        let request = CreateTicketRequest(
            subject: world.ledger[act].mark, body: "It does not work.",
            requester: RequesterReference(email: email, name: "Customer"),
            priority: world.chance.pick([.low, .normal, .high, .urgent]),
            channel: world.chance.pick([.web, .email, .phone]), tier: Int32(world.chance.pick([0, 0, 0, 2])))
        let intake = gateway.intake
        let reply =
            world.chance.happens(0.2)
            ? try await gateway.changeTwice(act) { try await intake.createTicket(request, $0) }
            : try await gateway.change(act) { try await intake.createTicket(request, $0) }
        guard let reply, let ticket = reply.ticket else { return nil }
        world.ledger[act].ticketID = ticket.id
        world.ledger[act].place = reply.place
        world.ledger.learn(ticket)
        if world.chance.happens(0.1) { try await reuse(act, request, gateway) }
        return ticket
    }

    /// The same key with another request is refused, whatever becomes of the world.
    private func reuse(_ act: Int, _ request: CreateTicketRequest, _ gateway: Outsider) async throws {
        var other = request
        other.subject += " again"
        var options = CallOptions()
        options.metadata[Metadata.idempotencyKey] = world.ledger[act].mark
        do {
            _ = try await gateway.intake.createTicket(other, options)
        } catch let error as RPCError where error.detail?.code == "idempotency_key_reused" || Outsider.isPassing(error)
        {
            return
        }
        throw Violated("a key stands for one request", world.ledger[act].mark)
    }

    /// Returns the ticket that the message stands on: another one when the old was closed.
    private func write(into ticketID: Int64, as requesterID: Int64) async throws -> Int64? {
        let customer = Outsider(world: world, caller: Caller(role: .requester, requesterID: requesterID))
        let act = world.ledger.begin(.message, ticketID: ticketID)
        let request = AddMessageRequest(ticketID: ticketID, body: world.ledger[act].mark, channel: .web)
        let intake = customer.intake
        let reply = try await customer.change(act) { try await intake.addMessage(request, $0) }
        guard let reply, let ticket = reply.ticket else { return nil }
        world.ledger[act].ticketID = ticket.id
        world.ledger[act].place = reply.place
        world.ledger.learn(ticket)
        return ticket.id
    }
}
