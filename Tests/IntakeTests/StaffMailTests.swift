import Mail
import Model
import Store
import Testing

@testable import IntakeServer

@Suite("Mail from agents")
struct StaffMailTests {
    private static let berta = "Berta <berta@desk.example>"
    private static let proof = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example"

    /// A desk that trusts `mx.desk.example`, with the agent Berta and a ticket of Maria's.
    private static func open(_ body: (Desk, Ticket) async throws -> Void) async throws {
        try await Desk.open { desk in
            try await desk.enter(user: 9, "berta@desk.example")
            let outcome = try await desk.accept(Mails.with { $0.headers = ["Message-ID: <first@customer.example>"] })
            try await body(desk, try await desk.ticket(outcome.ticketID))
        }
    }

    private static func mail(
        to: String = "support@desk.example", proof: String? = proof, _ change: (inout Mails) -> Void = { _ in }
    ) -> [UInt8] {
        var mail = Mails(from: berta, to: to, subject: "Re: Help", body: "Pour water.\r\n\r\n> My printer burns.")
        if let proof { mail.first = [proof] }
        change(&mail)
        return mail.bytes
    }

    @Test("Proved to be theirs, it is the agent's public reply: by the reply address, or in the thread")
    func acts() async throws {
        try await Self.open { desk, ticket in
            let address = try await desk.replyAddress(ticket.id)
            let staffAddress = address.replacing("support+", with: "support+agent+")
            for (index, raw) in [
                Self.mail(to: address), Self.mail(to: staffAddress),
                Self.mail { $0.headers = ["In-Reply-To: <first@customer.example>"] },
            ].enumerated() {
                let outcome = try await desk.acceptFromServer(raw)
                #expect(outcome.ticketID == ticket.id)
                let message = try #require(try await desk.messages(ticket.id).last)
                #expect(message.author == Actor(kind: .agent, id: 9) && message.visibility == .public)
                #expect(message.text == "Pour water." && message.html.isEmpty && !message.automatic)
                #expect(message.hasSource && message.channel == .email)
                #expect(try await desk.messages(ticket.id).count == index + 2)
            }
            #expect(try await desk.ticket(ticket.id).status == .open)
            let added = try await desk.entries().compactMap { entry -> MessageAdded? in
                if case .messageAdded(let added)? = entry.body { added } else { nil }
            }
            #expect(added.last?.author == Actor(kind: .agent, id: 9) && added.last?.visibility == .public)
        }
    }

    @Test("What answers a note is a note, whatever else it is addressed to, on the agent's own ticket too")
    func answersNote() async throws {
        try await Self.open { desk, ticket in
            let own = try await desk.accept(
                Mails.with {
                    $0.from = Self.berta
                    $0.headers = ["Message-ID: <own@desk.example>"]
                })
            for id in [ticket.id, own.ticketID] {
                let before = try await desk.ticket(id)
                let address = try await desk.replyAddress(id)
                let noteAddress = address.replacing("support+", with: "support+note+")
                for to in [noteAddress, "\(address), \(noteAddress)"] {
                    #expect(try await desk.acceptFromServer(Self.mail(to: to) { $0.body += to }).ticketID == id)
                    let message = try #require(try await desk.messages(id).last)
                    #expect(message.author == Actor(kind: .agent, id: 9) && message.visibility == .internal)
                }
                #expect(try await desk.ticket(id).status == before.status)
                let unproved = try await desk.acceptFromServer(Self.mail(to: noteAddress, proof: nil))
                #expect(unproved.ticketID != id)
            }
        }
    }

    @Test(
        "Not proved, it never acts: it opens a linked ticket in the address's name",
        arguments: [
            nil, "Authentication-Results: mx.evil.example; dmarc=pass header.from=desk.example",
            "Authentication-Results: mx.desk.example; dmarc=fail header.from=desk.example",
            "Authentication-Results: mx.desk.example; dkim=pass header.d=evil.example",
        ])
    func unproved(proof: String?) async throws {
        try await Self.open { desk, ticket in
            let address = try await desk.replyAddress(ticket.id)
            let outcome = try await desk.acceptFromServer(
                Self.mail(to: address, proof: proof), to: address)
            #expect(outcome.ticketID != ticket.id)
            let message = try #require(try await desk.messages(outcome.ticketID).first)
            #expect(message.author?.kind == .requester)
            let facts = try await desk.history(outcome.ticketID)[0].facts
            #expect(facts.contains(CustomField(name: "follows", value: String(ticket.id))))
            #expect(try await desk.messages(ticket.id).count == 1)
        }
    }

    @Test("What does not come from a mail server of the desk proves nothing, whatever it says")
    func otherDoors() async throws {
        try await Self.open { desk, ticket in
            let raw = Self.mail(to: try await desk.replyAddress(ticket.id))
            #expect(try await desk.accept(raw).ticketID != ticket.id)
            let request = AcceptMailRequest(raw: raw, recipient: "other@desk.example")
            for caller in [Desk.agent, Caller(role: .lead, userID: 8), Caller(role: .service, serviceName: "mta")] {
                let answer = try await desk.api.acceptMail(request, desk.call(caller))
                #expect(answer.ticketID != ticket.id)
            }
            let fresh = AcceptMailRequest(raw: raw, recipient: "third@desk.example")
            let answer = try await desk.api.acceptMail(fresh, desk.call(Desk.operatorAccount))
            #expect(answer.ticketID == ticket.id)
        }
    }

    @Test("The envelope alone leads an agent's mail nowhere, and the same mail again adds nothing")
    func replay() async throws {
        try await Self.open { desk, ticket in
            let address = try await desk.replyAddress(ticket.id)
            let elsewhere = Self.mail(to: "maria@customer.example") {
                $0.headers = ["Message-ID: <signed@desk.example>"]
            }
            #expect(try await desk.acceptFromServer(elsewhere, to: address).ticketID != ticket.id)
            let raw = Self.mail(to: address) { $0.headers = ["Message-ID: <once@desk.example>"] }
            let first = try await desk.acceptFromServer(raw, to: address)
            let second = try await desk.acceptFromServer(raw, to: "support@desk.example")
            #expect(first.ticketID == ticket.id && second.messageID == first.messageID)
            #expect(try await desk.messages(ticket.id).count == 2)
        }
    }

    @Test("What their mail program writes by itself is a note, and changes nothing")
    func vacation() async throws {
        try await Self.open { desk, ticket in
            let address = try await desk.replyAddress(ticket.id)
            let raw = Self.mail(to: address) { $0.headers = ["Auto-Submitted: auto-replied"] }
            #expect(try await desk.acceptFromServer(raw, to: address).ticketID == ticket.id)
            let message = try #require(try await desk.messages(ticket.id).last)
            #expect(message.visibility == .internal && message.author?.kind == .system && message.automatic)
            #expect(try await desk.ticket(ticket.id).status == ticket.status)
        }
    }

    @Test("A reply without new words is a note: what it quotes is not sent on")
    func onlyQuotes() async throws {
        try await Self.open { desk, ticket in
            let address = try await desk.replyAddress(ticket.id)
            let raw = Self.mail(to: address) { $0.body = "> Ticket 1 is yours.\r\n> Priority high." }
            #expect(try await desk.acceptFromServer(raw, to: address).ticketID == ticket.id)
            #expect(try await desk.messages(ticket.id).last?.visibility == .internal)
        }
    }

    @Test("Without a thread, or on a ticket of their own, an agent is a requester")
    func requester() async throws {
        try await Self.open { desk, _ in
            let own = try await desk.acceptFromServer(
                Self.mail { $0.headers = ["Message-ID: <own@desk.example>"] })
            #expect(try await desk.ticket(own.ticketID).requester?.email == "berta@desk.example")
            let more = try await desk.acceptFromServer(Self.mail { $0.headers = ["In-Reply-To: <own@desk.example>"] })
            #expect(more.ticketID == own.ticketID)
            #expect(try await desk.messages(own.ticketID).last?.author?.kind == .requester)
        }
    }

    @Test("A closed ticket takes no reply by mail; it opens a linked one")
    func closed() async throws {
        try await Self.open { desk, ticket in
            let address = try await desk.replyAddress(ticket.id)
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: ticket.version, status: .closed), desk.call())
            let outcome = try await desk.acceptFromServer(Self.mail(to: address), to: address)
            #expect(outcome.ticketID != ticket.id)
            #expect(try await desk.messages(outcome.ticketID)[0].author?.kind == .requester)
        }
    }

    @Test("The addresses for agents let nobody else write into the ticket", arguments: ["agent", "note"])
    func strangers(purpose: String) async throws {
        try await Self.open { desk, ticket in
            let address = try await desk.replyAddress(ticket.id).replacing("support+", with: "support+\(purpose)+")
            let raw = Mails.with {
                $0.from = "eve@evil.example"
                $0.to = address
            }
            #expect(try await desk.acceptFromServer(raw, to: address).ticketID != ticket.id)
        }
    }

    @Test("Who has left, whose address is another's by now or not yet known, is a stranger")
    func staff() async throws {
        try await Self.open { desk, ticket in
            let raw = Self.mail(to: try await desk.replyAddress(ticket.id))
            try await desk.store.write("test") {
                try $0.putStaff(UserChanged(userID: 9, role: .agent, active: true), revision: 5)
            }
            #expect(try await desk.store.read { try $0.staffMember(email: "berta@desk.example") } == nil)
            // An answer to a question that is older than the change.
            try await desk.store.write("test") {
                try $0.putStaffAddress("berta@desk.example", userID: 9, revision: 4)
            }
            #expect(try await desk.store.read { try $0.staffMember(email: "berta@desk.example") } == nil)
            try await desk.store.write("test") {
                try $0.putStaff(UserChanged(userID: 9, role: .agent, active: false), revision: 6)
                try $0.putStaffAddress("berta@desk.example", userID: 9, revision: 6)
            }
            _ = try await desk.acceptFromServer(raw)
            #expect(try await desk.messages(ticket.id).allSatisfy { $0.author?.kind != .agent })
        }
    }
}
