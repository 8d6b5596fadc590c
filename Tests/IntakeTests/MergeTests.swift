import Model
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Merging tickets")
struct MergeTests {
    private static func merge(_ desk: Desk, _ id: Int64, into: Int64, version: Int64 = 0) async throws -> Ticket {
        let request = MergeTicketRequest(id: id, intoID: into, expectedVersion: version)
        return try #require(try await desk.api.mergeTicket(request, desk.call()).ticket)
    }

    private static func refusal(_ desk: Desk, _ id: Int64, into: Int64, version: Int64 = 0) async -> String? {
        do {
            _ = try await merge(desk, id, into: into, version: version)
            return nil
        } catch let error as RPCError {
            return error.detail?.code
        } catch {
            return "\(type(of: error))"
        }
    }

    @Test("The source is closed and names its target, which shows all messages in their order; each keeps its history")
    func merged() async throws {
        try await Desk.open { desk in
            let target = try await desk.createTicket("Fire", body: "It burns.")
            let source = try await desk.createTicket("Fire again", body: "Still burns.")
            for (id, text) in [(source.id, "Where?"), (target.id, "Water?")] {
                _ = try await desk.api.addMessage(
                    AddMessageRequest(ticketID: id, body: text, visibility: .internal), desk.call())
            }
            let merged = try await Self.merge(desk, source.id, into: target.id)
            #expect(
                merged.mergedIntoID == target.id && merged.status == .closed && merged.version == source.version + 1)
            let after = try await desk.ticket(target.id)
            #expect(after.messageCount == 4 && after.version == target.version && after.mergedIntoID == 0)
            let shown = try await desk.messages(target.id)
            #expect(shown.map(\.text) == ["It burns.", "Still burns.", "Where?", "Water?"])
            #expect(shown.map(\.ticketID) == [target.id, source.id, source.id, target.id])
            #expect(try await desk.messages(source.id).map(\.text) == ["Still burns.", "Where?"])
            let into = CustomField(name: "into_id", value: String(target.id))
            #expect(try await desk.history(source.id).contains { $0.kind == "ticket.merged" && $0.facts == [into] })
            let from = CustomField(name: "from_id", value: String(source.id))
            #expect(try await desk.history(target.id).contains { $0.kind == "ticket.merged" && $0.facts == [from] })
            // One's messages can be asked for as the other's.
            let message = GetMessageRequest(id: shown[2].id, ticketID: target.id)
            #expect(try await desk.api.getMessage(message, desk.call()).text == "Where?")
            let pages = try await desk.api.listMessages(
                ListMessagesRequest(ticketID: target.id, limit: 3), desk.call())
            #expect(pages.messages.count == 3 && !pages.nextCursor.isEmpty)
        }
    }

    @Test("The journal first tells that it is merged, then that it is closed")
    func journal() async throws {
        try await Desk.open { desk in
            let (target, source) = (try await desk.createTicket("A"), try await desk.createTicket("B"))
            let count = try await desk.entries().count
            _ = try await Self.merge(desk, source.id, into: target.id)
            let entries = try await desk.entries().dropFirst(count)
            let bodies = entries.compactMap(\.body)
            #expect(entries.map(\.ticketID) == [target.id, source.id, source.id])
            #expect(bodies[1] == .ticketMerged(TicketMerged(intoID: target.id)))
            guard case .ticketChanged(let closed) = bodies[2] else {
                Issue.record("closed last")
                return
            }
            #expect(closed.changes == [FieldChange(field: "status", oldValue: "new", newValue: "closed")])
        }
    }

    @Test("Itself, a circle, closed and merged tickets are refused, each by its own code, and so is a stale version")
    func refused() async throws {
        try await Desk.open { desk in
            var ids: [Int64] = []
            for name in ["A", "B", "C", "D"] { ids.append(try await desk.createTicket(name).id) }
            #expect(await Self.refusal(desk, ids[0], into: ids[0]) == "merge_into_itself")
            #expect(await Self.refusal(desk, ids[0], into: ids[1], version: 9) == "stale_version")
            #expect(await Self.refusal(desk, ids[0], into: 999) == "InvalidRequest")
            #expect(await Self.refusal(desk, ids[0], into: ids[1], version: 1) == nil)
            #expect(await Self.refusal(desk, ids[1], into: ids[0]) == "merge_loop")
            #expect(await Self.refusal(desk, ids[0], into: ids[2]) == "ticket_merged")
            #expect(await Self.refusal(desk, ids[2], into: ids[0]) == "ticket_merged")
            let closing = UpdateTicketRequest(id: ids[3], expectedVersion: 1, status: .closed)
            _ = try await desk.api.updateTicket(closing, desk.call())
            #expect(await Self.refusal(desk, ids[2], into: ids[3]) == "ticket_closed")
            #expect(await Self.refusal(desk, ids[3], into: ids[2]) == "ticket_closed")
            // Nobody works on a merged ticket.
            let change = UpdateTicketRequest(id: ids[0], expectedVersion: 2, status: .open)
            let reply = AddMessageRequest(ticketID: ids[0], body: "x", visibility: .public)
            let refusedChange = await #expect(throws: RPCError.self) {
                try await desk.api.updateTicket(change, desk.call())
            }
            let refusedReply = await #expect(throws: RPCError.self) {
                try await desk.api.addMessage(reply, desk.call())
            }
            #expect([refusedChange, refusedReply].map { $0?.detail?.code } == ["ticket_merged", "ticket_merged"])
        }
    }

    @Test("A reply by mail lands in the last of a chain, by the reply address and in the thread, and reopens it")
    func mail() async throws {
        try await Desk.open { desk in
            let first = try await desk.accept(Mails.with { $0.headers = ["Message-ID: <first@customer.example>"] })
            let address = try await desk.replyAddress(first.ticketID)
            let second = try await desk.createTicket("Second")
            let third = try await desk.createTicket("Third")
            _ = try await Self.merge(desk, first.ticketID, into: second.id)
            _ = try await Self.merge(desk, second.id, into: third.id)
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: third.id, expectedVersion: 1, status: .solved), desk.call())
            let byAddress = try await desk.accept(Mails.with { $0.body = "By address" }, to: address)
            let inThread = try await desk.accept(
                Mails.with {
                    $0.body = "In thread"
                    $0.headers = ["In-Reply-To: <first@customer.example>"]
                })
            #expect(byAddress.ticketID == third.id && inThread.ticketID == third.id)
            #expect(try await desk.ticket(third.id).status == .open)
            #expect(
                try await desk.messages(third.id).map(\.text)
                    == ["My printer burns.", "It burns.", "It burns.", "By address", "In thread"])
            #expect(try await desk.messages(second.id).count == 2)
        }
    }

    @Test(
        "A stranger who quotes a merged ticket's mail is still a stranger; after the target closed a linked ticket opens"
    )
    func strangers() async throws {
        try await Desk.open { desk in
            let first = try await desk.accept(Mails.with { $0.headers = ["Message-ID: <first@customer.example>"] })
            let target = try await desk.createTicket("Target")
            _ = try await Self.merge(desk, first.ticketID, into: target.id)
            let stranger = try await desk.accept(
                Mails.with {
                    $0.from = "eve@evil.example"
                    $0.headers = ["In-Reply-To: <first@customer.example>"]
                })
            #expect(stranger.ticketID > target.id)
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: target.id, expectedVersion: 1, status: .closed), desk.call())
            let late = try await desk.accept(
                Mails.with { $0.headers = ["In-Reply-To: <first@customer.example>", "X-Late: 1"] })
            let facts = try await desk.history(late.ticketID)[0].facts
            #expect(facts.contains(CustomField(name: "follows", value: String(target.id))))
        }
    }

    @Test("Of another's ticket the target's requester sees nothing, and the other takes part from then on")
    func privacy() async throws {
        try await Desk.open { desk in
            let target = try await desk.createTicket("Maria's")
            let source = try await desk.createTicket("Eve's", body: "Eve's secret", from: "eve@elsewhere.example")
            _ = try await Self.merge(desk, source.id, into: target.id)
            let maria = desk.requester(target)
            #expect(try await desk.messages(target.id, by: maria).map(\.text) == ["It burns."])
            #expect(try await desk.ticket(target.id, by: maria).messageCount == 1)
            #expect(try await desk.ticket(target.id).messageCount == 2)
            let eve = desk.requester(source)
            #expect(try await desk.messages(source.id, by: eve).map(\.text) == ["Eve's secret"])
            await #expect(throws: RPCError.self) { try await desk.ticket(target.id, by: eve) }
            let told = try await desk.api.listParticipants(ListParticipantsRequest(ticketID: target.id), desk.call())
            #expect(told.participants.map { $0.requester?.email } == ["eve@elsewhere.example"])
            let context = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: target.id), desk.call(Desk.operatorAccount))
            #expect(context.quoted?.text == "It burns.")
            // What Eve still writes lands where her matter is.
            let reply = try await desk.api.addMessage(
                AddMessageRequest(ticketID: source.id, body: "And now?", visibility: .public), desk.call(eve))
            #expect(reply.message?.ticketID == target.id && reply.ticket?.id == source.id)
            // Once that is closed, her new ticket goes on from her own: it has nothing of Maria's.
            let version = try await desk.ticket(target.id).version
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: target.id, expectedVersion: version, status: .closed), desk.call())
            let late = try await desk.api.addMessage(
                AddMessageRequest(ticketID: source.id, body: "Too late?", visibility: .public), desk.call(eve))
            let opened = try #require(late.ticket)
            #expect(opened.id > source.id && opened.subject == "Eve's")
            let others = try await desk.api.listParticipants(ListParticipantsRequest(ticketID: opened.id), desk.call())
            #expect(others.participants.isEmpty)
        }
    }

    @Test("A proposal for a merged ticket is refused")
    func proposals() async throws {
        try await Desk.open { desk in
            let (target, source) = (try await desk.createTicket("A"), try await desk.createTicket("B"))
            _ = try await Self.merge(desk, source.id, into: target.id)
            let proposal = AssignmentProposed(epoch: 1, assigneeID: 9)
            let entry = JournalEntry(offset: 5, term: 1, ticketID: source.id, body: .assignmentProposed(proposal))
            try await desk.store.write("test") { try $0.applyRouting(entry) }
            #expect(
                try await desk.entries().last?.body == .proposalRefused(ProposalRefused(code: "ticket_merged")))
        }
    }

    @Test("One ticket takes in no more than the limit, those over others counted")
    func limit() async throws {
        try await Desk.open { desk in
            let target = try await desk.createTicket("Target")
            for _ in 0..<MergeLimits.mostMerged {
                _ = try await Self.merge(desk, try await desk.createTicket("x").id, into: target.id)
            }
            let one = try await desk.createTicket("x").id
            #expect(await Self.refusal(desk, one, into: target.id) == "too_many_merged")
            #expect(await Self.refusal(desk, target.id, into: one) == "too_many_merged")
        }
    }
}
