import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Mailboxes, their brands, and what agents are told of them")
struct MailboxTests {
    private static let source = IMAPSource(host: "mail.example", user: "sales", secret: "s3cret")

    private func sales(_ desk: Desk, imap: IMAPSource? = nil) async throws -> Mailbox {
        try await desk.api.createMailbox(
            Mailbox(name: "Sales", address: "sales@desk.example", imap: imap), desk.call(Desk.operatorAccount))
    }

    private func close(_ desk: Desk, _ id: Int64) async throws -> Mailbox {
        try await desk.api.deleteMailbox(GetMailboxRequest(id: id), desk.call(Desk.operatorAccount))
    }

    private func context(_ desk: Desk, _ ticketID: Int64) async throws -> MailContext {
        try await desk.api.getMailContext(GetMailContextRequest(ticketID: ticketID), desk.call(Desk.operatorAccount))
    }

    @Test("A closed mailbox takes no mail, its address is free, and its tickets stay under its name")
    func closing() async throws {
        try await Desk.open { desk in
            let mailbox = try await sales(desk, imap: Self.source)
            let kept = try await desk.api.mail.accept(
                Mails().bytes, envelopeFrom: nil, recipient: "sales@desk.example")
            #expect(try await close(desk, mailbox.id).name == "Sales")
            #expect(try await desk.store.read { try $0.fetchedMailboxes() }.isEmpty)
            let admin = desk.call(Desk.operatorAccount)
            #expect(try await desk.api.listMailboxes(ListMailboxesRequest(), admin).mailboxes.count == 1)
            for call in [desk.api.getMailbox, desk.api.deleteMailbox] {
                let refused = await #expect(throws: RPCError.self) {
                    try await call(GetMailboxRequest(id: mailbox.id), admin)
                }
                #expect(refused?.code == .notFound)
            }
            // What is still sent there goes to the default mailbox.
            let later = try await desk.api.mail.accept(
                Mails(subject: "Later").bytes, envelopeFrom: nil, recipient: "sales@desk.example")
            let standard = try await desk.ticket(later.ticketID)
            #expect(standard.mailboxID != mailbox.id)
            let old = try await context(desk, kept.ticketID)
            #expect(old.mailboxName == "Sales" && old.mailboxAddress == "support@desk.example")
            #expect(old.replyAddress.hasPrefix("support+"))
            // The address may be another's, and closed again.
            let again = try await sales(desk)
            #expect(again.id != mailbox.id)
            _ = try await close(desk, again.id)
            #expect(try await desk.ticket(kept.ticketID).mailboxID == mailbox.id)
        }
    }

    @Test("The default mailbox stays")
    func standard() async throws {
        try await Desk.open { desk in
            let refused = await #expect(throws: RPCError.self) { try await close(desk, 1) }
            #expect(refused?.code == .failedPrecondition && refused?.detail?.code == "default_mailbox")
        }
    }

    @Test("Agents are told how the fetching goes; where from and in which words it failed, administrators alone")
    func secrecy() async throws {
        try await Desk.open { desk in
            let mailbox = try await sales(desk, imap: Self.source)
            let revision = try await desk.store.read { try $0.fetchedMailboxes() }.first?.revision ?? 0
            try await desk.store.write("test") {
                try $0.recordFetching(
                    mailbox.id, revision: revision, phase: .failing,
                    fault: IMAPFault(.unreachable, "mail.example does not answer"), hasLooked: false)
            }
            for caller in [Desk.agent, Caller(role: .lead, userID: 8), Desk.gateway] {
                let told = try await desk.api.getMailbox(GetMailboxRequest(id: mailbox.id), desk.call(caller))
                #expect(told.imap == nil && told.imapState?.error == "")
                #expect(told.imapState?.phase == .failing && told.imapState?.errorCode == "unreachable")
                let listed = try await desk.api.listMailboxes(ListMailboxesRequest(), desk.call(caller)).mailboxes
                #expect(listed.last == told)
            }
            let told = try await desk.api.getMailbox(
                GetMailboxRequest(id: mailbox.id), desk.call(Desk.operatorAccount))
            #expect(told.imap?.host == "mail.example" && told.imap?.secret == "")
            #expect(told.imapState?.error == "mail.example does not answer")
        }
    }

    @Test(
        "A solved ticket asks for a survey where its mailbox wants one, so long after as it says", arguments: [0, 90])
    func surveys(minutes: Int32) async throws {
        try await Desk.open { desk in
            let admin = desk.call(Desk.operatorAccount)
            _ = try await desk.api.updateMailbox(UpdateMailboxRequest(id: 1, surveyAfterMinutes: minutes), admin)
            let ticket = try await desk.createTicket()
            func solve(_ status: TicketStatus, _ version: Int64) async throws -> Int64 {
                _ = try await desk.api.updateTicket(
                    UpdateTicketRequest(id: ticket.id, expectedVersion: version, status: status), desk.call())
                guard case .ticketChanged(let changed)? = try await desk.entries().last?.body else { return -1 }
                return changed.surveyAfterMilliseconds
            }
            #expect(try await solve(.pending, 1) == 0)
            #expect(try await solve(.solved, 2) == Int64(minutes) * 60_000)
            let refused = await #expect(throws: InvalidRequest.self) {
                try await desk.api.updateMailbox(UpdateMailboxRequest(id: 1, surveyAfterMinutes: 4_321), admin)
            }
            #expect(refused?.violations.map(\.field) == ["survey_after_minutes"])
        }
    }

    @Test("A brand is entered, changed, taken away, and told to whoever mails")
    func brand() async throws {
        try await Desk.open { desk in
            let admin = desk.call(Desk.operatorAccount)
            let changed = try await desk.api.updateMailbox(
                UpdateMailboxRequest(id: 1, fromName: " Help at Example ", color: "#1a2B3c", footer: "Line 1\nLine 2"),
                admin)
            #expect(changed.fromName == "Help at Example" && changed.color == "#1a2B3c")
            #expect(
                try await desk.api.updateMailbox(UpdateMailboxRequest(id: 1, name: "Desk"), admin).footer
                    == "Line 1\nLine 2")
            let context = try await context(desk, try await desk.createTicket().id)
            #expect(context.mailboxFromName == "Help at Example" && context.mailboxColor == "#1a2B3c")
            #expect(context.mailboxFooter == "Line 1\nLine 2")
            #expect(try await desk.api.updateMailbox(UpdateMailboxRequest(id: 1, color: ""), admin).color == "")
            for (field, faulty) in [
                ("color", UpdateMailboxRequest(id: 1, color: "red")),
                ("color", UpdateMailboxRequest(id: 1, color: "#12345;")),
                ("from_name", UpdateMailboxRequest(id: 1, fromName: "a\r\nBcc: x")),
                ("footer", UpdateMailboxRequest(id: 1, footer: "a\0b")),
            ] {
                let refused = await #expect(throws: InvalidRequest.self) {
                    try await desk.api.updateMailbox(faulty, admin)
                }
                #expect(refused?.violations.map(\.field) == [field])
            }
        }
    }
}

@Suite("Agents whom a note names")
struct MentionedTests {
    @Test("They stand in the journal of an internal note, and a public message names nobody")
    func journaled() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            _ = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: "@x", visibility: .internal, mentionedIDs: [4, 9]),
                desk.call())
            guard case .messageAdded(let added)? = try await desk.entries().last?.body else {
                Issue.record("no message in the journal")
                return
            }
            #expect(added.mentionedIDs == [4, 9])
            for faulty in [
                AddMessageRequest(ticketID: ticket.id, body: "x", visibility: .public, mentionedIDs: [4]),
                AddMessageRequest(ticketID: ticket.id, body: "x", visibility: .internal, mentionedIDs: [4, 4]),
                AddMessageRequest(ticketID: ticket.id, body: "x", visibility: .internal, mentionedIDs: [0]),
                AddMessageRequest(
                    ticketID: ticket.id, body: "x", visibility: .internal, mentionedIDs: Array(1...21)),
            ] {
                let refused = await #expect(throws: InvalidRequest.self) {
                    try await desk.api.addMessage(faulty, desk.call())
                }
                #expect(refused?.violations.map(\.field) == ["mentioned_ids"])
            }
        }
    }
}
