import Model
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Messages")
struct MessageTests {
    @Test("An agent's public reply opens a new ticket; a note does not")
    func replies() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let note = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "Hm.", visibility: .internal), desk.call())
            #expect(note.ticket?.status == .new && note.ticket?.version == 1)
            let reply = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "Use water.", visibility: .public), desk.call())
            #expect(reply.ticket?.status == .open && reply.ticket?.version == 2 && reply.ticket?.messageCount == 3)
            #expect(reply.message?.author == Actor(kind: .agent, id: 7))
            let kinds = try await desk.entries().suffix(2).map(\.body?.kind)
            #expect(kinds == ["MessageAdded", "TicketChanged"])
        }
    }

    @Test("A requester's reply reopens", arguments: [TicketStatus.pending, .onHold, .solved])
    func reopening(status: TicketStatus) async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            _ = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "So?", visibility: .public, status: status), desk.call())
            let reply = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "Still burning."), desk.call(desk.requester(ticket)))
            #expect(reply.ticket?.status == .open && reply.ticket?.id == ticket.id)
        }
    }

    @Test("A requester's reply to a closed ticket opens a new one that names it")
    func closed() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: 1, status: .closed), desk.call())
            let reply = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "Again."), desk.call(desk.requester(ticket)))
            let linked = try #require(reply.ticket)
            #expect(linked.id != ticket.id && linked.status == .new && linked.subject == ticket.subject)
            let facts = try await desk.history(linked.id).first?.facts
            #expect(facts?.contains(CustomField(name: "follows", value: String(ticket.id))) == true)
            let error = await #expect(throws: RPCError.self) {
                try await desk.api.addMessage(
                    AddMessageRequest(ticketID: ticket.id, body: "No.", visibility: .internal), desk.call())
            }
            #expect(error?.detail?.code == "ticket_closed")
        }
    }

    @Test("A reply carries no more files than a mail can; a note and a requester may")
    func largeFiles() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            func upload(_ sizeBytes: Int64, by caller: Caller) async throws -> Int64 {
                try await desk.store.write("test") { transaction in
                    let blob = Blob(hash: String(repeating: "a", count: 64), sizeBytes: sizeBytes)
                    let file = NewFile(
                        filename: "a.zip", contentType: "application/zip", isInline: false, contentID: "", blob: blob)
                    return try transaction.insertAttachment(file, owner: caller.identity, token: RandomToken.make()).id
                }
            }
            func add(_ visibility: Visibility, _ sizes: [Int64], by caller: Caller = Desk.agent) async throws {
                var ids: [Int64] = []
                for size in sizes { ids.append(try await upload(size, by: caller)) }
                _ = try await desk.api.addMessage(
                    AddMessageRequest(ticketID: ticket.id, body: "Here.", visibility: visibility, attachmentIDs: ids),
                    desk.call(caller))
            }
            let half = MailSize.mostAttachmentBytes / 2
            let error = await #expect(throws: InvalidRequest.self) { try await add(.public, [half, half, 1]) }
            #expect(error?.violations.map(\.field) == ["attachment_ids"])
            try await add(.public, [half, half])
            try await add(.internal, [half, half, 1])
            try await add(.public, [half, half, 1], by: desk.requester(ticket))
        }
    }

    @Test("A thread of any size is read page by page, however many messages are asked for at once")
    func largeThread() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let megabyte = String(repeating: "0123456789abcde\n", count: 1 << 16)
            for body in [megabyte, megabyte, megabyte + megabyte, megabyte, "Last."] {
                let added = try await desk.api.addMessage(
                    AddMessageRequest(ticketID: ticket.id, body: body, visibility: .public), desk.call())
                #expect(try added.serialized().count < Desk.mostAnswerBytes)
            }
            var (texts, pages, cursor) = ([Int](), 0, "")
            repeat {
                let page = try await desk.api.listMessages(
                    ListMessagesRequest(ticketID: ticket.id, limit: 200, cursor: cursor), desk.call())
                #expect(try page.serialized().count < Desk.mostAnswerBytes)
                texts += page.messages.map(\.text.utf8.count)
                (pages, cursor) = (pages + 1, page.nextCursor)
            } while !cursor.isEmpty && pages < 10
            #expect(texts.dropFirst() == [1 << 20, 1 << 20, 1 << 21, 1 << 20, 5] && texts.count == 6)
            #expect(pages == 4)
        }
    }

    @Test("Whoever has not seen the newest message is told before they write")
    func seenCount() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            _ = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "One.", visibility: .internal, seenMessageCount: 1),
                desk.call())
            let error = await #expect(throws: RPCError.self) {
                try await desk.api.addMessage(
                    AddMessageRequest(ticketID: ticket.id, body: "Two.", visibility: .public, seenMessageCount: 1),
                    desk.call())
            }
            #expect(error?.detail?.code == "stale_version")
            #expect(try await desk.messages(ticket.id).count == 2)
        }
    }

    @Test("Requesters see their own tickets and public messages, and nothing else")
    func visibility() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let other = try await desk.createTicket("Other", from: "eve@elsewhere.example")
            let note = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "She is angry.", visibility: .internal), desk.call())
            let maria = desk.requester(ticket)
            let eve = desk.requester(other)
            #expect(try await desk.ticket(ticket.id, by: maria).messageCount == 1)
            #expect(try await desk.ticket(ticket.id).messageCount == 2)
            #expect(try await desk.messages(ticket.id, by: maria).map(\.text) == ["It burns."])
            await #expect(throws: RPCError.self) {
                try await desk.api.getMessage(GetMessageRequest(id: note.message?.id ?? 0), desk.call(maria))
            }
            await #expect(throws: RPCError.self) { try await desk.ticket(ticket.id, by: eve) }
            await #expect(throws: RPCError.self) { try await desk.messages(ticket.id, by: eve) }
            await #expect(throws: RPCError.self) {
                try await desk.api.addMessage(AddMessageRequest(ticketID: ticket.id, body: "Hi"), desk.call(eve))
            }
            let list = try await desk.api.listTickets(ListTicketsRequest(), desk.call(eve))
            #expect(list.tickets.map(\.id) == [other.id])
            let hits = try await desk.api.search(SearchRequest(query: "angry"), desk.call(maria)).hits
            #expect(hits.isEmpty)
            let own = try await desk.api.search(SearchRequest(query: "burns"), desk.call(eve)).hits
            #expect(own.compactMap { $0.ticket?.id } == [other.id])
            #expect(try await desk.api.search(SearchRequest(query: "burns"), desk.call(maria)).hits.count == 1)
        }
    }

    @Test("A requester may not write notes, set a status or see another requester")
    func requesterLimits() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let other = try await desk.createTicket(from: "eve@elsewhere.example")
            let maria = desk.requester(ticket)
            let error = await #expect(throws: InvalidRequest.self) {
                try await desk.api.addMessage(
                    AddMessageRequest(ticketID: ticket.id, body: "x", visibility: .internal, status: .closed),
                    desk.call(maria))
            }
            #expect(error?.violations.map(\.field) == ["visibility", "status"])
            await #expect(throws: RPCError.self) {
                try await desk.api.getRequester(GetRequesterRequest(id: other.requester?.id ?? 0), desk.call(maria))
            }
            let own = try await desk.createTicket("Mine", from: "eve@elsewhere.example", by: maria)
            #expect(own.requester?.email == "maria@customer.example")
        }
    }

    @Test("HTML of a message is sanitized, and text is made from it where there is none")
    func html() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket(body: "") {
                $0.htmlBody = "<p onclick=\"x()\">It <b>burns</b></p><script>alert(1)</script>"
            }
            let message = try await desk.messages(ticket.id)[0]
            #expect(message.html.contains("<b>burns</b>"))
            #expect(!message.html.contains("script") && !message.html.contains("onclick"))
            #expect(message.text.contains("It burns"))
        }
    }
}
