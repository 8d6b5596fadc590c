import HTTPTypes
import Model
import Store
import Wire

extension Desk {
    func createTicket(_ call: APICall) async throws -> Answer {
        try await checkAssignee(call)
        let reply = try await peers.intake.createTicket(
            try CreateTicketRequest(call.json, caller: call.caller), call.options)
        guard let ticket = reply.ticket else { throw Self.emptyReply }
        return await answer(ticket, call, status: .created, place: reply.place)
            .with(.location, "/api/v1/tickets/\(ticket.id)")
    }

    func getTicket(_ call: APICall) async throws -> Answer {
        let ticket = try await peers.intake.getTicket(GetTicketRequest(id: try call.id()), call.options)
        return await answer(ticket, call)
    }

    func listTickets(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listTickets(ListTicketsRequest(call), call.options)
        let deadlines = await deadlines(of: list.tickets.map(\.id), call.caller, call.options)
        let items = list.tickets.map { JSONValue.ticket($0, deadlines?[$0.id]) }
        return .json(Self.page(items, list.nextCursor)).with(.stale, deadlines == nil ? "sla" : nil)
    }

    func updateTicket(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        try await checkAssignee(call)
        let request = UpdateTicketRequest(id: id, version: try await expectedVersion(call, id), call.json)
        return try await changed(id, call) { try await peers.intake.updateTicket(request, call.options) }
    }

    /// Refuses an assignee who is no agent: users are the gateway's own, so nobody else can tell.
    private func checkAssignee(_ call: APICall) async throws {
        let id = call.json.id("assignee_id")
        guard id != 0, call.caller.role.isStaff else { return }
        guard let user = try await store.read({ try $0.user(id: id) }), user.active else {
            throw Problem.invalid("assignee_id", "is no active agent")
        }
    }

    /// The version that `If-Match` names. Throws 412 with the ticket for what can be no version of it.
    func expectedVersion(_ call: APICall, _ id: Int64) async throws -> Int64 {
        if case .version(let version) = call.match, version > 0 { return version }
        let current = try await peers.intake.getTicket(GetTicketRequest(id: id), call.readOptions)
        guard case .any = call.match else {
            throw await stale(current, call, "The ticket has another version than If-Match names.")
        }
        return current.version
    }

    /// Answers with the ticket as a change left it; throws 412 with the ticket where the change came too late.
    func changed(_ id: Int64, _ call: APICall, by change: () async throws -> TicketReply) async throws -> Answer {
        do {
            let reply = try await change()
            guard let ticket = reply.ticket else { throw Self.emptyReply }
            return await answer(ticket, call, place: reply.place)
        } catch let error as RPCError where error.detail?.code == "stale_version" {
            throw await stale(
                try await current(error, id, call), call,
                "The ticket has changed since the version that If-Match names.")
        }
    }

    private func current(_ error: RPCError, _ id: Int64, _ call: APICall) async throws -> Ticket {
        if let bytes = error.detail?.current, !bytes.isEmpty, let ticket = try? Ticket(serialized: bytes) {
            return ticket
        }
        return try await peers.intake.getTicket(GetTicketRequest(id: id), call.readOptions)
    }

    private func stale(_ ticket: Ticket, _ call: APICall, _ detail: String, _ more: [JSONMember] = []) async -> Problem
    {
        let deadlines = await deadlines(of: [ticket.id], call.caller, call.readOptions)
        let current = JSONMember(name: "current", value: .ticket(ticket, deadlines?[ticket.id]))
        return Problem(
            .preconditionFailed, "stale_version", detail, extra: [current] + more,
            headers: [.eTag: "\"\(ticket.version)\""])
    }

    static let emptyReply = Problem(.internalServerError, "internal", "The owner answered without the object.")
}

// MARK: Messages

extension Desk {
    func addMessage(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        var drafted = AddMessageRequest(ticketID: id, call.json)
        drafted.mentionedIDs = try await mentioned(in: drafted, call.caller)
        let request = drafted
        do {
            let reply = try await peers.intake.addMessage(request, call.options)
            guard let message = reply.message else { throw Self.emptyReply }
            let names = try await names(of: [message.author])
            var answer = Answer.json(.message(message, names: names), .created)
            if let place = reply.place {
                answer = answer.with(.place, "\(place.service):\(place.term):\(place.offset)")
            }
            return answer
        } catch let error as RPCError where error.detail?.code == "stale_version" {
            let seen = Int(request.seenMessageCount ?? 0)
            let unseen = try await messages(of: id, after: seen, call)
            let names = try await names(of: unseen.map(\.author))
            let messages = JSONValue.array(unseen.map { .message($0, names: names) })
            throw await stale(
                try await current(error, id, call), call, "Someone wrote since the messages that you saw.",
                [JSONMember(name: "new_messages", value: messages)])
        }
    }

    /// The agents whom an internal note names: users are the gateway's own, so nobody else can tell.
    func mentioned(in request: AddMessageRequest, _ caller: Caller) async throws -> [Int64] {
        guard request.visibility == .internal, caller.role.isStaff, request.body.contains("@") else { return [] }
        let users = try await store.read { try $0.users(after: 0, limit: Self.mostNamed) }
        return Mentions(users).ids(in: request.body)
    }

    /// The users among whom names are looked up.
    private static let mostNamed = 5_000

    /// The messages of a thread after the first `seen`, a page of them at most.
    private func messages(of ticketID: Int64, after seen: Int, _ call: APICall) async throws -> [Message] {
        var (passed, cursor) = (0, "")
        repeat {
            let request = ListMessagesRequest(ticketID: ticketID, limit: Int32(ListLimit.greatest), cursor: cursor)
            let page = try await peers.intake.listMessages(request, call.readOptions)
            if passed + page.messages.count > seen { return Array(page.messages.dropFirst(seen - passed)) }
            passed += page.messages.count
            cursor = page.nextCursor
        } while !cursor.isEmpty
        return []
    }

    func listMessages(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listMessages(
            ListMessagesRequest(ticketID: try call.id(), limit: call.limit, cursor: call.cursor), call.options)
        let names = try await names(of: list.messages.map(\.author))
        return .json(Self.page(list.messages.map { .message($0, names: names) }, list.nextCursor))
    }

    func downloadSource(_ call: APICall) async throws -> Answer {
        let request = GetMessageRequest(id: try call.id("message_id"), ticketID: try call.id())
        let message = try await peers.intake.getMessage(request, call.options)
        guard message.hasSource else { throw Problem.notFound() }
        let (intake, options) = (peers.intake, Self.slow(call.options))
        return Answer(
            status: .ok,
            headers: Self.downloadHeaders(type: "message/rfc822", filename: "message-\(message.id).eml"),
            body: .stream(length: nil) { writer in
                try await intake.downloadSource(request, options) { try await writer.write($0.data) }
            })
    }

    func listHistory(_ call: APICall) async throws -> Answer {
        let list = try await peers.intake.listHistory(
            ListHistoryRequest(ticketID: try call.id(), limit: call.limit, cursor: call.cursor), call.options)
        let names = try await names(of: list.events.map(\.actor))
        return .json(Self.page(list.events.map { .historyEvent($0, names: names) }, list.nextCursor))
    }

    func ticketTimers(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        // Whether the ticket exists for the caller, Intake says.
        _ = try await peers.intake.getTicket(GetTicketRequest(id: id), call.options)
        let answer = try await peers.slaTimer.getTicketTimers(GetTicketTimersRequest(ticketID: id), call.options)
        return .json(["timers": .array(answer.timers.map { .timer($0) })])
    }

    func explainRouting(_ call: APICall) async throws -> Answer {
        let id = try call.id()
        _ = try await peers.intake.getTicket(GetTicketRequest(id: id), call.options)
        return .json(.explanation(try await peers.routing.explain(ExplainRequest(ticketID: id), call.options)))
    }

    func search(_ call: APICall) async throws -> Answer {
        let found = try await peers.intake.search(
            SearchRequest(query: call.text("q"), limit: call.limit, cursor: call.cursor), call.options)
        let ids = found.hits.compactMap { $0.ticket?.id }
        let deadlines = await deadlines(of: ids, call.caller, call.options)
        let items = found.hits.compactMap { hit -> JSONValue? in
            guard let ticket = hit.ticket else { return nil }
            var item = JSONValue.ticket(ticket, deadlines?[ticket.id])
            item["snippet"] = .string(Snippet.html(hit.snippet))
            item["rank"] = .number(hit.rank)
            return item
        }
        return .json(Self.page(items, found.nextCursor)).with(.stale, deadlines == nil ? "sla" : nil)
    }
}
