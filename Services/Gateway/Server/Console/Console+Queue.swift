import HTTPTypes
import Model
import Wire

/// The lists of tickets in the console.
private enum QueueView: String, CaseIterable {
    case mine, unassigned, open, solved

    static let live: [TicketStatus] = [.new, .open, .pending, .onHold]

    func request(_ userID: Int64, sort: TicketSort, cursor: String) -> ListTicketsRequest {
        var request = ListTicketsRequest(
            statuses: Self.live, sort: sort, limit: Int32(ListLimit.standard), cursor: cursor)
        switch self {
        case .mine: request.assigneeID = userID
        case .unassigned: request.assigneeID = 0
        case .open: break
        case .solved: request.statuses = [.solved]
        }
        return request
    }
}

extension Console {
    func queue(_ visit: ConsoleVisit) async throws -> Answer {
        let words = visit.query("q")
        if !words.isEmpty { return try await found(visit, words) }
        let view = QueueView(rawValue: visit.query("view")) ?? .mine
        let sort = TicketSort(name: visit.query("sort")) ?? .updatedDescending
        let list = try await desk.peers.intake.listTickets(
            view.request(visit.user.id, sort: sort, cursor: visit.query("cursor")), visit.options)
        let title = visit.texts.named("view", view.rawValue)
        var page = try await frame(visit, title: title)
        let next =
            "/?view=\(view.rawValue)&sort=\(sort.name)&cursor=\(ContentDisposition.percentEncoded(list.nextCursor))"
        if !list.nextCursor.isEmpty { page["next"] = next }
        page["view"] = view.rawValue
        page["views"] = views(visit, chosen: view, sort)
        page["can_sort"] = true
        page["sorts"] = Names.sorts.map { name -> [String: Any] in
            ["value": name, "name": visit.texts.named("sort", name), "chosen": name == sort.name]
        }
        page["empty"] = visit.texts[.queueEmpty]
        return try await show(visit, list.tickets.map { ($0, nil) }, page)
    }

    private func found(_ visit: ConsoleVisit, _ words: String) async throws -> Answer {
        let found = try await desk.peers.intake.search(
            SearchRequest(query: words, limit: Int32(ListLimit.standard), cursor: visit.query("cursor")), visit.options)
        var page = try await frame(visit, title: "\(visit.texts[.searchResults]): \(words)")
        page["views"] = views(visit, chosen: nil, .updatedDescending)
        page["can_sort"] = false
        page["empty"] = visit.texts[.searchEmpty]
        if !found.nextCursor.isEmpty {
            let encode = ContentDisposition.percentEncoded
            page["next"] = "/?q=\(encode(words))&cursor=\(encode(found.nextCursor))"
        }
        return try await show(visit, found.hits.compactMap { hit in hit.ticket.map { ($0, hit.snippet) } }, page)
    }

    private func views(_ visit: ConsoleVisit, chosen: QueueView?, _ sort: TicketSort) -> [[String: Any]] {
        QueueView.allCases.map { view in
            [
                "link": "/?view=\(view.rawValue)&sort=\(sort.name)", "name": visit.texts.named("view", view.rawValue),
                "chosen": view == chosen,
            ]
        }
    }

    private func show(
        _ visit: ConsoleVisit, _ tickets: [(Ticket, String?)], _ page: [String: Any]
    ) async throws -> Answer {
        var page = page
        let deadlines = await desk.deadlines(of: tickets.map(\.0.id), visit.identity.caller, visit.options)
        let names = try await desk.names(Set(tickets.map(\.0.assigneeID)))
        page["stale"] = deadlines == nil
        page["has_tickets"] = !tickets.isEmpty
        page["tickets"] = tickets.map { ticket, snippet in
            row(visit, ticket, deadlines?[ticket.id], snippet, names[ticket.assigneeID])
        }
        return .html(pages.render("queue", page))
    }

    private func row(
        _ visit: ConsoleVisit, _ ticket: Ticket, _ deadlines: Deadlines?, _ snippet: String?, _ assignee: String?
    ) -> [String: Any] {
        let requester = ticket.requester ?? Requester()
        var row: [String: Any] = [
            "id": ticket.id, "subject": ticket.subject, "status": ticket.status.name,
            "status_name": visit.texts.named("status", ticket.status.name), "priority": ticket.priority.name,
            "priority_name": visit.texts.named("priority", ticket.priority.name),
            "requester": requester.name.isEmpty ? requester.email : requester.name,
            "assignee": assignee ?? visit.texts[.nobody], "updated_at": visit.text(ticket.updatedAtMilliseconds),
            "updated": visit.relative(ticket.updatedAtMilliseconds), "quarantined": ticket.quarantined,
            "paused": deadlines?.paused ?? false,
        ]
        if !ticket.language.isEmpty { row["lang"] = ticket.language }
        if let snippet, !snippet.isEmpty { row["snippet"] = Snippet.html(snippet) }
        if let deadlines, let next = nextDue(deadlines) { row["due"] = due(visit, next.metric, next.at) }
        return row
    }

    private func nextDue(_ deadlines: Deadlines) -> (metric: Metric, at: Int64)? {
        [
            (Metric.firstResponse, deadlines.firstResponseDueAtMilliseconds),
            (.nextResponse, deadlines.nextResponseDueAtMilliseconds),
            (.resolution, deadlines.resolutionDueAtMilliseconds),
        ].filter { $0.1 != 0 }.min { $0.1 < $1.1 }.map { (metric: $0.0, at: $0.1) }
    }

    private func due(_ visit: ConsoleVisit, _ metric: Metric, _ at: Int64) -> [String: Any] {
        [
            "metric": visit.texts.named("metric", metric.name), "at": visit.text(at), "relative": visit.relative(at),
            "overdue": at < visit.now, "soon": at >= visit.now && at - visit.now < Self.soonMilliseconds,
        ]
    }

    /// A deadline nearer than this stands out.
    private static let soonMilliseconds: Int64 = 3_600_000
}
