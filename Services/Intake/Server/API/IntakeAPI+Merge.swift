import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func mergeTicket(_ request: MergeTicketRequest, _ context: CallContext) async throws -> TicketReply {
        var violations = Violations()
        violations.expectID(request.id, "id")
        violations.expect(request.intoID > 0 && request.intoID < 1 << 53, "into", "must name a ticket")
        violations.expect(request.expectedVersion >= 0, "expected_version", "must not be negative")
        try violations.check()
        let caller = context.caller
        return try await store.perform(context, request) { transaction in
            let source = try transaction.ticket(request.id, for: caller)
            if request.expectedVersion != 0, source.ticket.version != request.expectedVersion {
                throw try RPCError.stale(source, "the ticket has changed since", for: caller)
            }
            guard let target = try transaction.ticket(request.intoID), caller.maySee(target) else {
                throw InvalidRequest("into", "is no ticket")
            }
            try transaction.checkMerge(source, into: target)
            let recorded = try transaction.merge(source, into: target, by: context.provenance)
            return TicketReply(ticket: recorded.ticket.seen(by: caller), place: recorded.place)
        }
    }
}

extension Reader {
    /// Refuses what would lose a ticket or go round in a circle.
    fileprivate func checkMerge(_ source: StoredTicket, into target: StoredTicket) throws {
        guard source.id != target.id else {
            throw RPCError.unmergeable("merge_into_itself", "ticket \(source.id) cannot be merged into itself")
        }
        try checkUnmerged(source)
        if target.ticket.mergedIntoID != 0, try current(target).id == source.id {
            throw RPCError.unmergeable("merge_loop", "ticket \(target.id) was merged into ticket \(source.id)")
        }
        try checkUnmerged(target)
        for ticket in [source, target] where ticket.ticket.status == .closed { throw RPCError.ticketClosed(ticket.id) }
        let count = try mergedTickets(into: source.id).count + mergedTickets(into: target.id).count + 1
        guard count <= MergeLimits.mostMerged else {
            throw RPCError.unmergeable(
                "too_many_merged", "a ticket takes in at most \(MergeLimits.mostMerged) others")
        }
    }

    /// A merged ticket is not written to any more.
    func checkUnmerged(_ ticket: StoredTicket) throws {
        guard ticket.ticket.mergedIntoID != 0 else { return }
        throw RPCError.ticketMerged(ticket.id, into: try current(ticket).id)
    }
}

extension RPCError {
    /// The ticket's matter is another's: FAILED_PRECONDITION, `ticket_merged`.
    static func ticketMerged(_ id: Int64, into current: Int64) -> RPCError {
        unmergeable("ticket_merged", "ticket \(id) was merged into ticket \(current)")
    }

    fileprivate static func unmergeable(_ code: String, _ message: String) -> RPCError {
        RPCError(.failedPrecondition, message, detail: ErrorDetail(code: code))
    }
}
