import HTTPTypes
import Model
import Wire

/// What an agent does on a ticket's page. Whatever is refused, what was written stays on the page.
extension Console {
    func reply(_ visit: ConsoleVisit, _ form: Form, _ id: Int64) async throws -> Answer {
        let draft = TicketPage.Draft(form)
        guard !draft.body.allSatisfy(\.isWhitespace) else {
            return try await again(visit, form, id, visit.texts[.bodyMissing], "bad", .unprocessableContent)
        }
        var drafted = AddMessageRequest(
            ticketID: id, body: draft.body, visibility: draft.isPublic ? .public : .internal,
            attachmentIDs: form.all("attachment").compactMap { Int64($0) },
            status: TicketStatus(name: draft.nextStatus) ?? .unspecified, seenMessageCount: Int32(form["seen"]) ?? 0,
            channel: .web)
        drafted.mentionedIDs = try await desk.mentioned(in: drafted, visit.identity.caller)
        let request = drafted
        do {
            _ = try await desk.peers.intake.addMessage(request, visit.options(key: form["key"]))
        } catch let error as RPCError where error.detail?.code == "stale_version" {
            return try await again(visit, form, id, visit.texts[.draftKept], "warn", .preconditionFailed)
        } catch let error as RPCError where Self.isRefusal(error) {
            return try await refused(visit, form, id, error)
        }
        return .redirect("/tickets/\(id)?done=sent&sent=1")
    }

    func changeProperties(_ visit: ConsoleVisit, _ form: Form, _ id: Int64) async throws -> Answer {
        let edits = Self.edits(form)
        let hasDraft = !form["body"].allSatisfy(\.isWhitespace)
        if !edits.isEmpty {
            let request = UpdateTicketRequest(id: id, version: Int64(form["version"]) ?? 0, Self.patch(edits))
            do {
                _ = try await desk.peers.intake.updateTicket(request, visit.options(key: form["key"] + ".properties"))
            } catch let error as RPCError where error.detail?.code == "stale_version" {
                return try await again(visit, form, id, visit.texts[.changesKept], "warn", .preconditionFailed)
            } catch let error as RPCError where Self.isRefusal(error) {
                return try await refused(visit, form, id, error)
            }
        }
        guard hasDraft else { return .redirect("/tickets/\(id)?done=saved") }
        // The reply is still being written: it stays on the page.
        return try await again(visit, form, id, visit.texts[.doneSaved], "good", .ok, keepingEdits: false)
    }

    /// A refusal that the agent can do something about; others are told on a page of their own.
    static func isRefusal(_ error: RPCError) -> Bool {
        switch error.code {
        case .invalidArgument, .failedPrecondition, .permissionDenied, .resourceExhausted, .unavailable,
            .deadlineExceeded, .aborted:
            true
        default: false
        }
    }

    private func refused(_ visit: ConsoleVisit, _ form: Form, _ id: Int64, _ error: RPCError) async throws -> Answer {
        try await again(visit, form, id, refused(error, visit), "bad", Problem(error).status)
    }

    /// Shows the page again with everything that was written on it.
    /// - Parameter adding: what else the page tells.
    func again(
        _ visit: ConsoleVisit, _ form: Form, _ id: Int64, _ notice: String, _ kind: String,
        _ status: HTTPResponse.Status,
        keepingEdits: Bool = true, adding: (inout TicketPage) -> Void = { _ in }
    ) async throws -> Answer {
        var page = try await load(visit, id)
        page.draft = TicketPage.Draft(form)
        for attachmentID in form.all("attachment").compactMap({ Int64($0) }).prefix(50) {
            let request = GetAttachmentRequest(id: attachmentID)
            if let attachment = try? await desk.peers.intake.getAttachment(request, visit.options) {
                page.draft.attachments.append(attachment)
            }
        }
        if keepingEdits { page.edits = Self.edits(form) }
        (page.notice, page.noticeKind) = (notice, kind)
        adding(&page)
        return try await show(visit, page, status)
    }

    /// The fields that the agent changed: those that differ from what the page showed.
    static func edits(_ form: Form) -> [String: String] {
        let names = ["status", "priority", "type", "team_id", "assignee_id", "subject", "tags"]
        let changed = names.filter { form.has($0) && form[$0] != form["was_\($0)"] }
        return Dictionary(uniqueKeysWithValues: changed.map { ($0, form[$0]) })
    }

    private static func patch(_ edits: [String: String]) -> JSONValue {
        let members = edits.map { name, value -> JSONMember in
            switch name {
            case "team_id", "assignee_id": JSONMember(name: name, value: .integer(Int64(value) ?? 0))
            case "tags":
                JSONMember(name: name, value: .strings(value.split(separator: ",").map(trimmed).filter { !$0.isEmpty }))
            default: JSONMember(name: name, value: .string(value))
            }
        }
        return .object(members)
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
    }
}

extension TicketPage.Draft {
    init(_ form: Form) {
        body = form["body"]
        isPublic = form["visibility"] != Visibility.internal.name
        nextStatus = form["next"]
    }
}
