import HTTPTypes
import Model
import Wire

/// Who gets copies of a ticket's replies. What was begun on the page stays there whoever comes or goes.
extension Console {
    func changeParticipants(_ visit: ConsoleVisit, _ form: Form, _ id: Int64) async throws -> Answer {
        if form.has("leaves") {
            let leaving = RemoveParticipantRequest(ticketID: id, requesterID: try Self.id(form["leaves"]))
            try await remove { _ = try await desk.peers.intake.removeParticipant(leaving, visit.options) }
            return try await changed(visit, form, id, "left")
        }
        let joining = AddParticipantRequest(
            ticketID: id, requester: RequesterReference(email: form["participant"]))
        do {
            _ = try await desk.peers.intake.addParticipant(joining, visit.options)
        } catch let error as RPCError where Self.isRefusal(error) {
            return try await again(visit, form, id, refused(error, visit), "bad", Problem(error).status) { page in
                page.participant = form["participant"]
                page.faults["participant"] = error.detail?.violations.first?.message ?? error.message
            }
        }
        return try await changed(visit, form, id, "joined")
    }

    /// A fresh page; or, where a reply or a change was begun, the page with it.
    private func changed(_ visit: ConsoleVisit, _ form: Form, _ id: Int64, _ done: String) async throws -> Answer {
        let isBegun = !form["body"].allSatisfy(\.isWhitespace) || !Self.edits(form).isEmpty
        guard isBegun else { return .redirect("/tickets/\(id)?done=\(done)") }
        return try await again(visit, form, id, visit.texts.named("done", done), "good", .ok)
    }

    func fillPeople(_ visit: ConsoleVisit, _ page: TicketPage, _ view: inout [String: Any]) {
        view["people"] = page.participants.compactMap(\.requester).map { requester -> [String: Any] in
            var person: [String: Any] = [
                "id": requester.id, "person": requester.name.isEmpty ? requester.email : requester.name,
            ]
            if !requester.name.isEmpty { person["address"] = requester.email }
            return person
        }
        view["participant"] = page.participant
        view["into"] = page.into
        for (field, fault) in page.faults { view["\(field)_fault"] = fault }
        let address = page.ticket.requester?.email ?? ""
        let reason = "\(visit.texts[.ticket]) #\(page.ticket.id)"
        if let link = blockLink(visit, address, reason: reason) { view["block_link"] = link }
    }
}
