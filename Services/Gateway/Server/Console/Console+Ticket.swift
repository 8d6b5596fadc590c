import HTTPTypes
import Model
import Store
import Wire

extension Console {
    func ticket(_ visit: ConsoleVisit, _ id: Int64) async throws -> Answer {
        var page = try await load(visit, id)
        if let done = TextKey(rawValue: "done_\(visit.query("done"))") {
            (page.notice, page.noticeKind) = (visit.texts[done], "good")
        }
        return try await show(visit, page)
    }

    /// Reads everything that the page shows, at once.
    func load(_ visit: ConsoleVisit, _ id: Int64) async throws -> TicketPage {
        let (peers, options) = (desk.peers, visit.options)
        let ticket = try await peers.intake.getTicket(GetTicketRequest(id: id), options)
        let greatest = Int32(ListLimit.greatest)
        async let thread = thread(of: id, options)
        async let history = peers.intake.listHistory(ListHistoryRequest(ticketID: id, limit: greatest), options)
        var brief = options
        brief.timeout = Desk.deadlinesTimeout
        let quick = brief
        async let timers = try? peers.slaTimer.getTicketTimers(GetTicketTimersRequest(ticketID: id), quick)
        async let participants = try? peers.intake.listParticipants(ListParticipantsRequest(ticketID: id), quick)
        async let teams = try? peers.routing.listTeams(ListTeamsRequest(limit: greatest), quick)
        let users = try await desk.store.read { try $0.users(after: 0, limit: 1_000) }
        var page = TicketPage(ticket: ticket)
        (page.messages, page.hasMoreMessages) = try await thread
        page.events = try await history.events
        page.participants = await participants?.participants ?? []
        page.timers = await timers?.timers
        page.teams = await teams?.teams ?? []
        page.users = users.filter { $0.active || $0.id == ticket.assigneeID }
        page.names = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0.name) })
        return page
    }

    /// How many answers of Intake's a thread is put together from: each has no more than 3 MiB of messages.
    private static let mostPieces = 8

    /// The oldest messages of a ticket, as many as a list answers at once, and whether there are more.
    private func thread(of ticketID: Int64, _ options: CallOptions) async throws -> ([Message], hasMore: Bool) {
        var (messages, cursor) = ([Message](), "")
        for _ in 0..<Self.mostPieces {
            let limit = Int32(ListLimit.greatest - messages.count)
            let piece = try await desk.peers.intake.listMessages(
                ListMessagesRequest(ticketID: ticketID, limit: limit, cursor: cursor), options)
            messages += piece.messages
            cursor = piece.nextCursor
            if cursor.isEmpty || messages.count >= ListLimit.greatest { break }
        }
        return (messages, !cursor.isEmpty)
    }

    func show(_ visit: ConsoleVisit, _ page: TicketPage, _ status: HTTPResponse.Status = .ok) async throws -> Answer {
        let ticket = page.ticket
        let texts = visit.texts
        var view = try await frame(visit, title: "#\(ticket.id) \(ticket.subject)")
        view["here"] = "/tickets/\(ticket.id)"
        view["ticket_id"] = ticket.id
        view["subject"] = ticket.subject
        view["status"] = ticket.status.name
        view["status_name"] = texts.named("status", ticket.status.name)
        view["priority"] = ticket.priority.name
        view["priority_name"] = texts.named("priority", ticket.priority.name)
        view["channel_name"] = texts.named("channel", ticket.channel.name)
        view["created_at"] = visit.text(ticket.createdAtMilliseconds)
        view["created"] = visit.relative(ticket.createdAtMilliseconds)
        view["quarantined"] = ticket.quarantined
        if ticket.mergedIntoID != 0 { view["merged_into"] = ticket.mergedIntoID }
        view["version"] = ticket.version
        view["seen"] = ticket.messageCount
        view["key"] = Secret.random().text
        if !ticket.language.isEmpty { view["lang"] = ticket.language }
        if let requester = ticket.requester {
            view["requester_name"] = requester.name.isEmpty ? requester.email : requester.name
            if !requester.name.isEmpty, !requester.email.isEmpty { view["requester_email"] = requester.email }
        }
        if !page.notice.isEmpty { view["notice"] = page.notice }
        view["notice_kind"] = page.noticeKind
        view["messages"] = page.messages.map { message(visit, page, $0) }
        view["more_messages"] = page.hasMoreMessages
        view["events"] = page.events.reversed().map { event(visit, page, $0) }
        fillForms(visit, page, &view)
        fillPeople(visit, page, &view)
        fillTimers(visit, page, &view)
        return .html(pages.render("ticket", view), status)
    }

    private func message(_ visit: ConsoleVisit, _ page: TicketPage, _ message: Message) -> [String: Any] {
        let isNote = message.visibility == .internal
        let isAgent = message.author?.kind == .agent
        let known = isAgent ? page.names[message.author?.id ?? 0] : nil
        let text = message.newText.isEmpty ? message.text : message.newText
        var view: [String: Any] = [
            "id": message.id, "kind": isNote ? "note" : isAgent ? "agent" : "requester", "internal": isNote,
            "automatic": message.automatic,
            "author": known ?? (message.authorName.isEmpty ? message.author?.name ?? "" : message.authorName),
            "at": visit.text(message.createdAtMilliseconds), "relative": visit.relative(message.createdAtMilliseconds),
            "text": text, "has_files": !message.attachments.isEmpty,
            "files": message.attachments.map { file -> [String: Any] in
                ["id": file.id, "name": file.filename, "size": Self.size(file.sizeBytes)]
            },
        ]
        if let rest = Self.rest(of: message.text, after: text) { view["quoted"] = rest }
        view["wrappers"] = message.wrappers.map { visit.texts.named("wrapper", $0) }
        if !message.html.isEmpty {
            view["frame"] = "/tickets/\(message.ticketID)/messages/\(message.id)/view"
            view["remote"] = message.hasRemoteImages && message.hasSource
        }
        if message.hasSource { view["source"] = "/api/v1/tickets/\(message.ticketID)/messages/\(message.id)/source" }
        return view
    }

    /// What stands in a message beside its new text: the quoted history and the signature.
    private static func rest(of text: String, after new: String) -> String? {
        func trimmed(_ text: Substring) -> Substring {
            let start = text.drop(while: \.isWhitespace)
            return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
        }
        let (whole, new) = (trimmed(text[...]), trimmed(new[...]))
        guard whole != new else { return nil }
        let rest = whole.hasPrefix(new) ? trimmed(whole.dropFirst(new.count)) : whole
        return rest.isEmpty ? nil : String(rest)
    }

    static func size(_ bytes: Int64) -> String {
        switch bytes {
        case ..<1_024: "\(bytes) B"
        case ..<1_048_576: "\(bytes / 1_024) KB"
        default: "\(bytes / 1_048_576) MB"
        }
    }

    private func event(_ visit: ConsoleVisit, _ page: TicketPage, _ event: HistoryEvent) -> [String: Any] {
        var view: [String: Any] = [
            "text": HistoryText(texts: visit.texts, names: page.names).text(event),
            "at": visit.text(event.atMilliseconds),
            "relative": visit.relative(event.atMilliseconds),
        ]
        if event.actor?.kind == .agent, let name = page.names[event.actor?.id ?? 0] { view["actor"] = name }
        return view
    }
}
