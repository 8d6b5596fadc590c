import HTTPTypes
import Model
import Wire

/// Merging, which cannot be taken back: both tickets are shown before it is done.
extension Console {
    func askToMerge(_ visit: ConsoleVisit, _ id: Int64) async throws -> Answer {
        try await askToMerge(visit, id, into: visit.query("into"), "", .ok)
    }

    func merge(_ visit: ConsoleVisit, _ form: Form, _ id: Int64) async throws -> Answer {
        let into = form["into"]
        let request = MergeTicketRequest(
            id: id, intoID: Int64(into) ?? 0, expectedVersion: Int64(form["version"]) ?? 0)
        do {
            _ = try await desk.peers.intake.mergeTicket(request, visit.options(key: form["key"]))
        } catch let error as RPCError where error.detail?.code == "stale_version" {
            return try await askToMerge(visit, id, into: into, visit.texts[.mergeStale], .preconditionFailed)
        } catch let error as RPCError where Self.isRefusal(error) {
            return try await askToMerge(visit, id, into: into, refused(error, visit), Problem(error).status)
        }
        return .redirect("/tickets/\(request.intoID)?done=merged")
    }

    /// Where `into` names no other ticket, the ticket's own page says so.
    private func askToMerge(
        _ visit: ConsoleVisit, _ id: Int64, into: String, _ notice: String, _ status: HTTPResponse.Status
    ) async throws -> Answer {
        let source = try await desk.peers.intake.getTicket(GetTicketRequest(id: id), visit.options)
        guard let target = try await other(visit, than: id, into) else {
            var page = try await load(visit, id)
            page.into = into
            page.faults["into"] = visit.texts[.mergeUnknown]
            (page.notice, page.noticeKind) = (visit.texts[.mergeUnknown], "bad")
            return try await show(visit, page, .unprocessableContent)
        }
        let texts = visit.texts
        func said(_ key: TextKey) -> String {
            texts[key].replacing("{0}", with: "#\(source.id)").replacing("{1}", with: "#\(target.id)")
        }
        var view = try await frame(visit, title: said(.mergeTitle))
        view["here"] = "/tickets/\(id)"
        (view["ticket_id"], view["into"], view["version"]) = (id, target.id, source.version)
        view["key"] = Secret.random().text
        if !notice.isEmpty { (view["notice"], view["notice_kind"]) = (notice, "bad") }
        view["pair"] = [summary(source, .mergeSource, texts), summary(target, .mergeTarget, texts)]
        view["about"] = said(.mergeAbout)
        if source.requester?.id != target.requester?.id { view["other"] = said(.mergeOther) }
        return .html(pages.render("merge", view), status)
    }

    private func other(_ visit: ConsoleVisit, than id: Int64, _ text: String) async throws -> Ticket? {
        let digits = text.filter { !$0.isWhitespace && $0 != "#" }
        guard let otherID = Int64(digits), otherID > 0, otherID < 1 << 53, otherID != id else { return nil }
        do {
            return try await desk.peers.intake.getTicket(GetTicketRequest(id: otherID), visit.options)
        } catch let error as RPCError where error.code == .notFound {
            return nil
        }
    }

    private func summary(_ ticket: Ticket, _ role: TextKey, _ texts: Texts) -> [String: Any] {
        let requester = ticket.requester ?? Requester()
        var view: [String: Any] = [
            "role": texts[role], "number": ticket.id, "subject": ticket.subject, "status": ticket.status.name,
            "status_name": texts.named("status", ticket.status.name),
            "requester": requester.name.isEmpty ? requester.email : requester.name,
        ]
        if !requester.name.isEmpty, !requester.email.isEmpty { view["email"] = requester.email }
        return view
    }
}
