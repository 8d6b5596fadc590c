import FirstlineTesting
import Model
import Testing
import Wire

@testable import IntakeServer

@Suite("Tickets")
struct TicketTests {
    @Test("A new ticket has its first message, its history and its journal in one go")
    func creation() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket { $0.tags = ["Fire", "printer", "fire"] }
            #expect(ticket.status == .new && ticket.priority == .normal && ticket.type == .question)
            #expect(ticket.version == 1 && ticket.assignmentEpoch == 1 && ticket.messageCount == 1)
            #expect(ticket.tags == ["fire", "printer"])
            #expect(ticket.requester?.email == "maria@customer.example")
            #expect(ticket.language == "en")
            let messages = try await desk.messages(ticket.id)
            #expect(messages.map(\.text) == ["It burns."])
            #expect(messages[0].author == Actor(kind: .requester, id: ticket.requester?.id ?? 0))
            #expect(messages[0].authorName == "Maria")
            #expect(try await desk.history(ticket.id).map(\.kind) == ["ticket.created", "message.added"])
            let kinds = try await desk.entries().map(\.body?.kind)
            #expect(kinds == ["RequesterChanged", "TicketCreated", "MessageAdded"])
            guard case .messageAdded(let added)? = try await desk.entries().last?.body else {
                Issue.record("no MessageAdded")
                return
            }
            #expect(added.first && added.visibility == .public && !added.automatic)
        }
    }

    @Test("Tickets of any size are listed and found page by page, however many are asked for at once")
    func largeTickets() async throws {
        try await Desk.open { desk in
            let value = String(repeating: "v", count: RequestLimits.customFieldValueBytes)
            let fields = (0..<RequestLimits.customFields).map { CustomField(name: "field_\($0)", value: value) }
            var ids: [Int64] = []
            for _ in 0..<11 { ids.append(try await desk.createTicket("Heavy") { $0.customFields = fields }.id) }
            var (listed, cursor) = ([[Int64]](), "")
            repeat {
                let page = try await desk.api.listTickets(
                    ListTicketsRequest(sort: .createdAscending, limit: 200, cursor: cursor), desk.call())
                #expect(try page.serialized().count < Desk.mostAnswerBytes)
                listed.append(page.tickets.map(\.id))
                cursor = page.nextCursor
            } while !cursor.isEmpty && listed.count < 5
            #expect(listed.count == 2 && listed.flatMap(\.self) == ids)
            var found: [[Int64]] = []
            repeat {
                let page = try await desk.api.search(
                    SearchRequest(query: "heavy", limit: 200, cursor: cursor), desk.call())
                #expect(try page.serialized().count < Desk.mostAnswerBytes)
                found.append(page.hits.compactMap(\.ticket?.id))
                cursor = page.nextCursor
            } while !cursor.isEmpty && found.count < 5
            #expect(found.count == 2 && found.flatMap(\.self).sorted() == ids)
        }
    }

    @Test("Every faulty field of a new ticket is named")
    func faults() async throws {
        try await Desk.open { desk in
            let accents = "a" + String(repeating: "\u{301}", count: 5_000)
            await #expect(throws: InvalidRequest.self) { try await desk.createTicket(accents) }
            let error = await #expect(throws: InvalidRequest.self) {
                let request = CreateTicketRequest(
                    subject: " ", requester: RequesterReference(email: "nobody"), tags: ["two words"], tier: 12)
                _ = try await desk.api.createTicket(request, desk.call())
            }
            #expect(error?.violations.map(\.field) == ["subject", "body", "tags", "tier", "requester.email"])
        }
    }

    @Test("The same key creates one ticket")
    func idempotency() async throws {
        try await Desk.open { desk in
            let request = CreateTicketRequest(
                subject: "Once", body: "Only", requester: RequesterReference(email: "a@b.example"))
            let first = try await desk.api.createTicket(request, desk.call(key: "k1"))
            let second = try await desk.api.createTicket(request, desk.call(key: "k1"))
            #expect(first == second)
            #expect(try await desk.api.listTickets(ListTicketsRequest(), desk.call()).tickets.count == 1)
        }
    }

    @Test("A change raises the version, and a stale one gets the current ticket")
    func versions() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let changed = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: 1, priority: .urgent), desk.call())
            #expect(changed.ticket?.version == 2 && changed.ticket?.priority == .urgent)
            let error = await #expect(throws: RPCError.self) {
                try await desk.api.updateTicket(
                    UpdateTicketRequest(id: ticket.id, expectedVersion: 1, priority: .low), desk.call())
            }
            #expect(error?.code == .aborted && error?.detail?.code == "stale_version")
            #expect(try Ticket(serialized: error?.detail?.current ?? []) == changed.ticket)
            let event = try #require(try await desk.history(ticket.id).last)
            #expect(event.kind == "ticket.changed")
            #expect(event.facts.map(\.value) == ["priority", "normal", "urgent"])
        }
    }

    @Test("A change to what already is changes nothing")
    func noChange() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let before = try await desk.entries().count
            let reply = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: 1, priority: .normal), desk.call())
            #expect(reply.ticket?.version == 1 && reply.place == nil)
            #expect(try await desk.entries().count == before)
        }
    }

    @Test("A person who assigns a ticket opens it, raises the epoch and leaves a line of history")
    func assignment() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let reply = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: 1, assigneeID: 9, teamID: 3), desk.call())
            #expect(reply.ticket?.status == .open && reply.ticket?.assignmentEpoch == 2)
            let events = try await desk.history(ticket.id).suffix(2)
            #expect(events.map(\.kind) == ["ticket.assigned", "ticket.status_changed"])
            #expect(events.first?.facts.first == CustomField(name: "assignee_id", value: "9"))
            #expect(events.first?.actor == Actor(kind: .agent, id: 7))
            guard case .ticketChanged(let changed)? = try await desk.entries().last?.body else {
                Issue.record("no TicketChanged")
                return
            }
            #expect(changed.assignmentEpoch == 2)
            #expect(changed.changes.map(\.field) == ["team_id", "assignee_id", "status"])
            #expect(changed.changes[1] == FieldChange(field: "assignee_id", oldValue: "", newValue: "9"))
        }
    }

    @Test("The journal of a new subject carries no text")
    func noTexts() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(
                    id: ticket.id, expectedVersion: 1, subject: "Secret",
                    customFields: [CustomField(name: "iban", value: "GR16")]), desk.call())
            guard case .ticketChanged(let changed)? = try await desk.entries().last?.body else {
                Issue.record("no TicketChanged")
                return
            }
            #expect(changed.changes == [FieldChange(field: "subject"), FieldChange(field: "custom_fields.iban")])
            #expect(try await desk.ticket(ticket.id).customFields == [CustomField(name: "iban", value: "GR16")])
        }
    }

    @Test("Nothing leaves closed, and nothing goes back to new")
    func states() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            func move(_ status: TicketStatus, _ version: Int64) async throws -> Ticket? {
                try await desk.api.updateTicket(
                    UpdateTicketRequest(id: ticket.id, expectedVersion: version, status: status), desk.call()
                ).ticket
            }
            let solved = try await move(.solved, 1)
            #expect(solved?.solvedAtMilliseconds != 0)
            #expect(try await move(.open, 2)?.solvedAtMilliseconds == 0)
            await #expect(throws: InvalidRequest("status", "cannot change from open to new")) {
                try await move(.new, 3)
            }
            _ = try await move(.closed, 3)
            await #expect(throws: InvalidRequest.self) { try await move(.open, 4) }
            let error = await #expect(throws: RPCError.self) {
                try await desk.api.updateTicket(
                    UpdateTicketRequest(id: ticket.id, expectedVersion: 4, priority: .low), desk.call())
            }
            #expect(error?.detail?.code == "ticket_closed")
        }
    }

    @Test(
        "A list is complete and in order, page by page",
        arguments: TicketSort.allCases)
    func lists(sort: TicketSort) async throws {
        try await Desk.open { desk in
            for number in 1...7 {
                desk.clock.advance(by: .seconds(1))
                _ = try await desk.createTicket("Number \(number)") {
                    $0.priority = number.isMultiple(of: 2) ? .high : .low
                    $0.tags = number < 4 ? ["early"] : []
                }
            }
            func ids(_ request: ListTicketsRequest) async throws -> [Int64] {
                var request = request
                var ids: [Int64] = []
                repeat {
                    let page = try await desk.api.listTickets(request, desk.call())
                    ids += page.tickets.map(\.id)
                    request.cursor = page.nextCursor
                } while !request.cursor.isEmpty
                return ids
            }
            let whole = try await ids(ListTicketsRequest(sort: sort, limit: 100))
            #expect(try await ids(ListTicketsRequest(sort: sort, limit: 2)) == whole)
            switch sort {
            case .createdAscending, .updatedAscending: #expect(whole == [1, 2, 3, 4, 5, 6, 7])
            case .priorityDescending: #expect(whole == [6, 4, 2, 7, 5, 3, 1])
            default: #expect(whole == [7, 6, 5, 4, 3, 2, 1])
            }
            #expect(Set(try await ids(ListTicketsRequest(tag: "early", sort: sort, limit: 1))) == [1, 2, 3])
            let start = try await desk.ticket(4).createdAtMilliseconds
            #expect(Set(try await ids(ListTicketsRequest(createdAfterMilliseconds: start, sort: sort))) == [5, 6, 7])
            #expect(Set(try await ids(ListTicketsRequest(createdBeforeMilliseconds: start, sort: sort))) == [1, 2, 3])
            #expect(try await ids(ListTicketsRequest(assigneeID: 5, sort: sort)).isEmpty)
            #expect(try await ids(ListTicketsRequest(statuses: [.new, .open], assigneeID: 0, sort: sort)).count == 7)
        }
    }
}
