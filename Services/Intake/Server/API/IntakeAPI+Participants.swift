import Model
import ServiceKit
import Store
import Wire

extension IntakeAPI {
    func listParticipants(
        _ request: ListParticipantsRequest, _ context: CallContext
    ) async throws -> ListParticipantsResponse {
        try await store.read { reader in
            let ticket = try reader.ticket(request.ticketID, for: context.caller)
            return ListParticipantsResponse(participants: try reader.participants(ticketID: ticket.id))
        }
    }

    func addParticipant(_ request: AddParticipantRequest, _ context: CallContext) async throws -> Participant {
        let reference = request.requester ?? RequesterReference()
        let email = EmailAddress.normalized(reference.email) ?? ""
        var violations = Violations()
        violations.expectID(reference.id, "requester.id")
        violations.expect(reference.id != 0 || !email.isEmpty, "requester.email", "is not an email address")
        violations.expectName(reference.name, "requester.name", required: false)
        try violations.check()
        return try await store.perform(context, request) { transaction in
            let stored = try transaction.ticket(request.ticketID, for: context.caller)
            try transaction.checkUnmerged(stored)
            guard stored.ticket.status != .closed else { throw RPCError.ticketClosed(stored.id) }
            let requester = try transaction.participant(reference, email, context.provenance)
            guard requester.id != stored.requesterID else {
                throw InvalidRequest("requester", "is the ticket's own, who gets every reply")
            }
            if let present = try transaction.participant(requester.id, of: stored.id) { return present }
            guard try transaction.participants(ticketID: stored.id).count < ParticipantLimits.most else {
                throw InvalidRequest("requester", "would be more than \(ParticipantLimits.most) participants")
            }
            try transaction.addParticipant(requester, to: stored.ticket, by: context.caller.actor)
            try transaction.recordParticipant(from: 0, to: requester.id, of: stored, context.provenance)
            guard let added = try transaction.participant(requester.id, of: stored.id) else {
                throw InvalidRequest("requester", "can get no mail")
            }
            return added
        }
    }

    func removeParticipant(_ request: RemoveParticipantRequest, _ context: CallContext) async throws -> Participant {
        try await store.perform(context, request) { transaction in
            let stored = try transaction.ticket(request.ticketID, for: context.caller)
            guard let present = try transaction.participant(request.requesterID, of: stored.id) else {
                throw RPCError.notFound("participant \(request.requesterID)")
            }
            try transaction.removeParticipant(request.requesterID, from: stored.id, by: context.caller.actor)
            try transaction.recordParticipant(from: request.requesterID, to: 0, of: stored, context.provenance)
            return present
        }
    }
}

extension Transaction {
    /// Tells the journal who came or went by an agent's hand. Where a mail or a merge brings somebody, its own entry tells of the ticket.
    fileprivate func recordParticipant(
        from old: Int64, to new: Int64, of stored: StoredTicket, _ provenance: Provenance
    ) throws {
        func text(_ id: Int64) -> String { id == 0 ? "" : String(id) }
        let change = FieldChange(field: "participant_id", oldValue: text(old), newValue: text(new))
        let changed = TicketChanged(changes: [change], assignmentEpoch: stored.ticket.assignmentEpoch)
        try record(.ticketChanged(changed), stored.ticket, provenance)
    }

    /// - Parameter email: normalised; empty when the reference names an id.
    fileprivate func participant(
        _ reference: RequesterReference, _ email: String, _ provenance: Provenance
    ) throws -> Requester {
        guard reference.id == 0 else {
            guard let known = try requester(reference.id) else {
                throw InvalidRequest("requester.id", "is no requester")
            }
            return known
        }
        let isOurs = try MailboxAddress(email).map { Mailboxes.holds($0, try mailboxes()) } ?? true
        guard !isOurs else { throw InvalidRequest("requester.email", "is an address of the desk itself") }
        return try ensureRequester(email: email, name: reference.name.trimmed, by: provenance)
    }
}
