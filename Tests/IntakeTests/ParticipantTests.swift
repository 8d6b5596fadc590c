import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Who takes part in a ticket")
struct ParticipantTests {
    private static let mail = Mails.with {
        $0.headers = [
            "Message-ID: <first@customer.example>",
            "Cc: Boss <boss@customer.example>, known@elsewhere.example, Berta <berta@desk.example>",
            "X-Cc: nobody@elsewhere.example",
        ]
    }

    private static func set(_ policy: CopyPolicy, _ desk: Desk) async throws {
        let mailbox = try #require(try await desk.store.read { try $0.defaultMailbox() })
        let changed = try await desk.api.updateMailbox(
            UpdateMailboxRequest(id: mailbox.id, ccPolicy: policy), desk.call(Desk.operatorAccount))
        #expect(changed.ccPolicy == policy)
    }

    private static func participants(_ desk: Desk, _ ticketID: Int64) async throws -> [String] {
        try await desk.api.listParticipants(ListParticipantsRequest(ticketID: ticketID), desk.call()).participants
            .compactMap { $0.requester?.email }.sorted()
    }

    @Test("The standard policy knows requesters and the sender's organization")
    func known() async throws {
        try await Desk.open { desk in
            #expect(try await desk.store.read { try $0.defaultMailbox()?.ccPolicy } == .known)
            try await desk.enter(user: 9, "berta@desk.example")
            try await desk.createTicket(from: "known@elsewhere.example")
            let stranger = try await desk.accept(Self.mail)
            #expect(try await Self.participants(desk, stranger.ticketID) == ["known@elsewhere.example"])
            _ = try await desk.api.createOrganization(
                Organization(name: "Customer", domains: ["customer.example"]), desk.call())
            let raw = Mails.with {
                $0.from = "new@customer.example"
                $0.headers = ["Cc: boss@customer.example, nobody@elsewhere.example"]
            }
            let colleague = try await desk.accept(raw)
            #expect(try await Self.participants(desk, colleague.ticketID) == ["boss@customer.example"])
        }
    }

    @Test("None or all take part where the mailbox says so; agents and the desk's own addresses never do")
    func policies() async throws {
        try await Desk.open { desk in
            try await desk.enter(user: 9, "berta@desk.example")
            try await Self.set(.ignore, desk)
            let ignored = try await desk.accept(Self.mail)
            #expect(try await Self.participants(desk, ignored.ticketID) == [])
            try await Self.set(.all, desk)
            let all = try await desk.accept(
                Mails.with {
                    $0.subject = "Another"
                    $0.headers = [
                        "Cc: a@x.example, support+tag@desk.example, berta@desk.example, maria@customer.example"
                    ]
                })
            #expect(try await Self.participants(desk, all.ticketID) == ["a@x.example"])
            let machine = try await desk.accept(
                Mails.with { $0.headers = ["Cc: a@x.example", "Auto-Submitted: auto-generated"] })
            #expect(try await Self.participants(desk, machine.ticketID) == [])
        }
    }

    @Test("Who takes part may answer in the thread; who was ignored may not, and adds nobody")
    func answers() async throws {
        try await Desk.open { desk in
            try await Self.set(.all, desk)
            let outcome = try await desk.accept(Self.mail)
            let raw = Mails.with {
                $0.from = "boss@customer.example"
                $0.headers = ["In-Reply-To: <first@customer.example>", "Cc: more@x.example"]
            }
            #expect(try await desk.accept(raw).ticketID == outcome.ticketID)
            #expect(try await Self.participants(desk, outcome.ticketID).contains("more@x.example"))
            let stranger = Mails.with {
                $0.from = "eve@evil.example"
                $0.headers = ["In-Reply-To: <first@customer.example>", "Cc: more@evil.example"]
            }
            #expect(try await desk.accept(stranger).ticketID != outcome.ticketID)
            // Who has the reply address may write, and brings nobody along.
            let address = try await desk.replyAddress(outcome.ticketID)
            let holder = Mails.with {
                $0.from = "holder@elsewhere.example"
                $0.headers = ["Cc: friend@evil.example"]
            }
            #expect(try await desk.accept(holder, to: address).ticketID == outcome.ticketID)
            let all = try await Self.participants(desk, outcome.ticketID)
            #expect(!all.contains("friend@evil.example") && !all.contains("holder@elsewhere.example"))
        }
    }

    @Test("An agent adds and removes them; a reply's entry names them by id, and what was removed may not answer")
    func administered() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            func add(_ email: String, _ id: Int64 = 0) async throws -> Participant {
                try await desk.api.addParticipant(
                    AddParticipantRequest(
                        ticketID: ticket.id, requester: RequesterReference(id: id, email: email, name: "Dan")),
                    desk.call())
            }
            let dan = try await add("DAN@x.example")
            #expect(dan.addedBy == Actor(kind: .agent, id: 7) && dan.requester?.email == "dan@x.example")
            #expect(try await add("dan@x.example") == dan)
            for (email, id) in [("", Int64(0)), ("maria@customer.example", 0), ("", 999), ("support@desk.example", 0)] {
                await #expect(throws: InvalidRequest.self) { _ = try await add(email, id) }
            }
            func reply() async throws -> [Int64]? {
                _ = try await desk.api.addMessage(
                    AddMessageRequest(ticketID: ticket.id, body: "Hello", visibility: .public), desk.call())
                for entry in try await desk.entries().reversed() {
                    if case .messageAdded(let added)? = entry.body { return added.participantIDs }
                }
                return nil
            }
            let danID = try #require(dan.requester?.id)
            #expect(try await reply() == [danID])
            let context = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: ticket.id, participantID: danID), desk.call(Desk.operatorAccount))
            #expect(context.participant?.email == "dan@x.example")
            let request = RemoveParticipantRequest(ticketID: ticket.id, requesterID: danID)
            _ = try await desk.api.removeParticipant(request, desk.call())
            #expect(try await reply() == [])
            let gone = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: ticket.id, participantID: danID), desk.call(Desk.operatorAccount))
            #expect(gone.participant == nil)
            await #expect(throws: RPCError.self) { try await desk.api.removeParticipant(request, desk.call()) }
            let kinds = try await desk.history(ticket.id).map(\.kind)
            #expect(kinds.contains("participant.added") && kinds.contains("participant.removed"))
        }
    }

    @Test("No more take part than the limit")
    func limit() async throws {
        try await Desk.open { desk in
            try await Self.set(.all, desk)
            var headers: [String] = []
            for part in 0..<3 { headers.append((0..<20).map { "p\(part)x\($0)@x.example" }.joined(separator: ", ")) }
            let outcome = try await desk.accept(Mails.with { $0.headers = ["Cc: " + headers.joined(separator: ", ")] })
            #expect(try await Self.participants(desk, outcome.ticketID).count <= ParticipantLimits.most)
            for number in 0..<5 {
                let request = AddParticipantRequest(
                    ticketID: outcome.ticketID, requester: RequesterReference(email: "more\(number)@x.example"))
                _ = try? await desk.api.addParticipant(request, desk.call())
            }
            #expect(try await Self.participants(desk, outcome.ticketID).count == ParticipantLimits.most)
        }
    }

    @Test("A row from before, without a requester, may answer and gets no copies")
    func before() async throws {
        try await Desk.open { desk in
            let outcome = try await desk.accept(Self.mail)
            try await desk.store.write("test") {
                try $0.addParticipants(["old@customer.example"], ticketID: outcome.ticketID)
            }
            #expect(try await Self.participants(desk, outcome.ticketID) == [])
            let raw = Mails.with {
                $0.from = "old@customer.example"
                $0.headers = ["In-Reply-To: <first@customer.example>"]
            }
            #expect(try await desk.accept(raw).ticketID == outcome.ticketID)
        }
    }

    @Test("The journal tells who came or went by an agent's hand, with the assignment as it stands")
    func journaled() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket(from: "eve@example.org")
            let added = try await desk.api.addParticipant(
                AddParticipantRequest(ticketID: ticket.id, requester: RequesterReference(email: "anna@example.org")),
                desk.call())
            let id = added.requester?.id ?? 0
            _ = try await desk.api.addParticipant(
                AddParticipantRequest(ticketID: ticket.id, requester: RequesterReference(id: id)), desk.call())
            _ = try await desk.api.removeParticipant(
                RemoveParticipantRequest(ticketID: ticket.id, requesterID: id), desk.call())
            let told = try await desk.entries().filter { $0.ticketID == ticket.id }.compactMap { entry in
                if case .ticketChanged(let changed) = entry.body { changed } else { nil }
            }
            let epoch = ticket.assignmentEpoch
            #expect(
                told == [
                    TicketChanged(
                        changes: [FieldChange(field: "participant_id", newValue: "\(id)")], assignmentEpoch: epoch),
                    TicketChanged(
                        changes: [FieldChange(field: "participant_id", oldValue: "\(id)")], assignmentEpoch: epoch),
                ])
        }
    }
}
