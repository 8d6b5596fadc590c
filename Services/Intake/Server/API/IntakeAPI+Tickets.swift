import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func getTicket(_ request: GetTicketRequest, _ context: CallContext) async throws -> Ticket {
        if let place = request.atLeast { await catchUp(place, Self.longestWait) }
        return try await store.read { try $0.ticket(request.id, for: context.caller).seen(by: context.caller) }
    }

    func listTickets(_ request: ListTicketsRequest, _ context: CallContext) async throws -> ListTicketsResponse {
        let limit = try ListLimit.items(request.limit)
        guard request.statuses.count <= TicketStatus.allCases.count else {
            throw RPCError.invalidField("statuses", "must name each at most once")
        }
        guard request.priorities.count <= Priority.allCases.count else {
            throw RPCError.invalidField("priorities", "must name each at most once")
        }
        let list = "tickets.\(request.sort == .unspecified ? TicketSort.createdDescending.name : request.sort.name)"
        let cursor = try ListCursor.decode(request.cursor, for: list, shape: [.integer(0), .integer(0)])
        var position: TicketListQuery.Position?
        if let cursor, case .integer(let key) = cursor.values[0], case .integer(let id) = cursor.values[1] {
            position = TicketListQuery.Position(key: key, id: id)
        }
        let query = TicketListQuery(
            request, requesterID: context.limitingRequesterID, after: position, limit: limit + 1)
        return try await store.read { reader in
            let positions = try reader.ticketPositions(query)
            let found = try reader.tickets(positions.prefix(limit).map(\.id)).map { $0.seen(by: context.caller) }
            let tickets = Array(found.prefix(ListLimit.fitting(found, sizeBytes: \.sizeBytes)))
            let next = positions.count > tickets.count ? positions.prefix(tickets.count).last : nil
            return ListTicketsResponse(
                tickets: tickets,
                nextCursor: next.map { ListCursor([.integer($0.key), .integer($0.id)]).encoded(for: list) } ?? "")
        }
    }

    func updateTicket(_ request: UpdateTicketRequest, _ context: CallContext) async throws -> TicketReply {
        try request.validate()
        let caller = context.caller
        return try await store.perform(context, request) { transaction in
            let stored = try transaction.ticket(request.id, for: caller)
            guard stored.ticket.version == request.expectedVersion else {
                throw try RPCError.stale(stored, "the ticket has changed since", for: caller)
            }
            try transaction.checkUnmerged(stored)
            let edit = TicketEdit(request)
            if let status = edit.status,
                let violation = TicketStateMachine.violation(stored.ticket.status, to: status)
            {
                throw InvalidRequest([violation])
            }
            guard stored.ticket.status != .closed else { throw RPCError.ticketClosed(request.id) }
            let change = TicketChange(
                edit, of: stored.ticket, isByPerson: true, nowMilliseconds: transaction.nowMilliseconds)
            let recorded = try transaction.changeTicket(change, of: stored, by: context.provenance)
            return TicketReply(ticket: recorded.ticket.seen(by: caller), place: recorded.place)
        }
    }

    func listHistory(_ request: ListHistoryRequest, _ context: CallContext) async throws -> ListHistoryResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "history")
        return try await store.read { reader in
            _ = try reader.ticket(request.ticketID, for: context.caller)
            let found = try reader.history(ticketID: request.ticketID, after: page.afterID, limit: page.readLimit)
            let (events, next) = page.cut(found, id: \.id)
            return ListHistoryResponse(events: events, nextCursor: next)
        }
    }
}

extension UpdateTicketRequest {
    fileprivate func validate() throws {
        var violations = Violations()
        violations.expectID(id, "id")
        violations.expect(expectedVersion > 0, "expected_version", "is required")
        if let status { violations.expect(status != .unspecified, "status", "must be named") }
        if let priority { violations.expect(priority != .unspecified, "priority", "must be named") }
        if let type { violations.expect(type != .unspecified, "type", "must be named") }
        if let subject { violations.expectSubject(subject) }
        if let tags { violations.expectTags(Tags.normalized(tags.tags)) }
        if let assigneeID { violations.expectID(assigneeID, "assignee_id") }
        if let teamID { violations.expectID(teamID, "team_id") }
        if let tier { violations.expectTier(tier) }
        violations.expectCustomFields(customFields)
        try violations.check()
    }
}

extension TicketEdit {
    fileprivate init(_ request: UpdateTicketRequest) {
        self.init(
            status: request.status, priority: request.priority, type: request.type, subject: request.subject?.trimmed,
            tags: request.tags.map { Tags.normalized($0.tags) }, assigneeID: request.assigneeID, teamID: request.teamID,
            tier: request.tier, customFields: request.customFields)
    }
}
