import Model
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Which ticket a mail continues")
struct MailThreadingTests {
    /// A ticket from Maria's mail, answered by an agent.
    private func conversation(_ desk: Desk) async throws -> (ticket: Ticket, context: MailContext) {
        try await desk.createTicket(from: "boss@customer.example")
        let outcome = try await desk.accept(
            Mails.with {
                $0.headers = ["Message-ID: <first@customer.example>", "Cc: Boss <boss@customer.example>"]
            })
        let reply = try await desk.api.addMessage(
            AddMessageRequest(ticketID: outcome.ticketID, body: "Water?", visibility: .public, status: .pending),
            desk.call())
        let context = try await desk.api.getMailContext(
            GetMailContextRequest(ticketID: outcome.ticketID, messageID: reply.message?.id ?? 0),
            desk.call(Desk.operatorAccount))
        return (try #require(reply.ticket), context)
    }

    /// The Message-ID under which notification mails a message out.
    private func sentID(_ desk: Desk, _ ticketID: Int64, _ messageID: Int64) async throws -> String {
        let token = try await desk.store.read { try $0.ticket(ticketID)?.replyToken ?? "" }
        return MessageIdentifier(ticketID: ticketID, messageID: messageID, replyToken: token).text(
            domain: "desk.example")
    }

    @Test("The reply address leads to its ticket, whoever writes, and reopens it")
    func replyAddress() async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            let raw = Mails.with {
                $0.from = "Colleague <colleague@elsewhere.example>"
                $0.subject = "Something else"
            }
            let outcome = try await desk.accept(raw, to: context.replyAddress)
            #expect(outcome.ticketID == ticket.id)
            #expect(try await desk.ticket(ticket.id).status == .open)
            let last = try #require(try await desk.messages(ticket.id).last)
            #expect(last.authorName == "Colleague" && last.visibility == .public)
        }
    }

    @Test("An answer to a mail we sent joins its ticket, if its sender takes part in it")
    func references() async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            let sent = try await sentID(desk, ticket.id, context.message?.id ?? 0)
            for sender in ["maria@customer.example", "boss@customer.example"] {
                let raw = Mails.with {
                    $0.from = sender.uppercased()
                    $0.headers = ["In-Reply-To: <\(sent)>"]
                }
                #expect(try await desk.accept(raw).ticketID == ticket.id)
            }
            let raw = Mails.with { $0.headers = ["References: <first@customer.example> <unknown@x>"] }
            #expect(try await desk.accept(raw).ticketID == ticket.id)
        }
    }

    @Test("Our own mail come back to a mailbox is a note on its ticket; what only calls itself ours opens one")
    func ownMail() async throws {
        try await Desk.open { desk in
            let ticket = try await desk.createTicket()
            let raw = Mails.with {
                $0.from = "Support <support@desk.example>"
                $0.headers = ["X-Firstline-Mail: \(ticket.id)"]
            }
            let claimed = try await desk.accept(raw)
            #expect(claimed.ticketID > ticket.id)
            let sent = try await sentID(desk, ticket.id, 0)
            let back = String(decoding: raw, as: UTF8.self).replacing(
                "Subject:", with: "Message-ID: <\(sent)>\r\nSubject:")
            #expect(try await desk.accept(Array(back.utf8), envelopeFrom: "").ticketID == ticket.id)
            let note = try #require(try await desk.messages(ticket.id).last)
            #expect(note.visibility == .internal && note.automatic)
        }
    }

    @Test("A stranger who quotes a Message-ID or names a ticket in the subject opens a ticket of their own")
    func strangers() async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            let sent = try await sentID(desk, ticket.id, context.message?.id ?? 0)
            for header in ["In-Reply-To: <\(sent)>", "References: <first@customer.example>", "X-Nothing: 1"] {
                let raw = Mails.with {
                    $0.from = "mallory@evil.example"
                    $0.subject = "Re: [#\(ticket.id)] Help"
                    $0.headers = [header]
                }
                let own = try await desk.accept(raw).ticketID
                #expect(own != ticket.id)
                // What it answers is named to the agents; a subject names nothing.
                let follows = try await desk.history(own)[0].facts.contains {
                    $0 == CustomField(name: "follows", value: String(ticket.id))
                }
                #expect(follows == (header != "X-Nothing: 1"))
            }
            #expect(try await desk.messages(ticket.id).count == 2)
        }
    }

    @Test("A Message-ID with a wrong token leads nowhere, even for the requester")
    func forgedID() async throws {
        try await Desk.open { desk in
            let (ticket, _) = try await conversation(desk)
            let raw = Mails.with {
                $0.headers = ["In-Reply-To: <firstline.\(ticket.id).2.0123456789abcdef@desk.example>"]
            }
            #expect(try await desk.accept(raw).ticketID != ticket.id)
        }
    }

    @Test("An answer after closing opens a new ticket that names the old one")
    func closed() async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            _ = try await desk.api.updateTicket(
                UpdateTicketRequest(id: ticket.id, expectedVersion: ticket.version, status: .closed), desk.call())
            let outcome = try await desk.accept(Mails().bytes, to: context.replyAddress)
            #expect(outcome.ticketID != ticket.id)
            let facts = try await desk.history(outcome.ticketID)[0].facts
            #expect(facts.contains(CustomField(name: "follows", value: String(ticket.id))))
        }
    }

    @Test(
        "What a filter called spam is kept, tagged, and never answered",
        arguments: [
            "X-Spam-Flag: YES", "X-Spam-Status: Yes, score=15.1 required=5.0", "X-Spam: Yes",
            "X-MS-Exchange-Organization-SCL: 6",
        ])
    func spam(header: String) async throws {
        try await Desk.open { desk in
            let outcome = try await desk.accept(Mails.with { $0.headers = [header] })
            #expect(try await desk.ticket(outcome.ticketID).tags == ["spam"])
            #expect(try await desk.messages(outcome.ticketID)[0].automatic)
            let clean = try await desk.accept(
                Mails.with {
                    $0.subject = "Clean"
                    $0.headers = ["X-Spam-Status: No, score=-1.0", "X-MS-Exchange-Organization-SCL: 1"]
                })
            #expect(try await desk.ticket(clean.ticketID).tags == [])
        }
    }

    @Test("Automatic mail is kept and flagged, reopens nothing and is never answered")
    func automatic() async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            let vacation = Mails.with {
                $0.body = "I am away."
                $0.headers = ["Auto-Submitted: auto-replied"]
            }
            let outcome = try await desk.accept(vacation, to: context.replyAddress)
            #expect(outcome.ticketID == ticket.id)
            #expect(try await desk.ticket(ticket.id).status == .pending)
            let last = try #require(try await desk.messages(ticket.id).last)
            #expect(last.automatic)
            let away = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: ticket.id, messageID: last.id), desk.call(Desk.operatorAccount))
            #expect(!away.answerable)
            let alert = try await desk.accept(Mails.with { $0.headers = ["Auto-Submitted: auto-generated"] })
            let opened = try await desk.entries().compactMap { entry -> TicketCreated? in
                guard entry.ticketID == alert.ticketID, case .ticketCreated(let created)? = entry.body else {
                    return nil
                }
                return created
            }
            #expect(opened.map(\.automatic) == [true])
        }
    }

    @Test("A bounce of our mail is a note on its ticket, never public")
    func bounce() async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            let sent = try await sentID(desk, ticket.id, context.message?.id ?? 0)
            let raw = Mails.with {
                $0.from = "MAILER-DAEMON@mx.example"
                $0.subject = "Undelivered Mail Returned to Sender"
                $0.headers = [
                    "MIME-Version: 1.0", "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
                ]
                $0.body = """
                    --x\r
                    Content-Type: text/plain\r
                    \r
                    No such user.\r
                    --x\r
                    Content-Type: message/delivery-status\r
                    \r
                    Final-Recipient: rfc822; maria@customer.example\r
                    Action: failed\r
                    Status: 5.1.1\r
                    --x\r
                    Content-Type: message/rfc822\r
                    \r
                    Message-ID: <\(sent)>\r
                    Subject: Help\r
                    \r
                    Water?\r
                    --x--\r
                    """
            }
            let outcome = try await desk.accept(raw, envelopeFrom: "")
            #expect(outcome.ticketID == ticket.id)
            let last = try #require(try await desk.messages(ticket.id).last)
            #expect(last.visibility == .internal && last.automatic && last.author?.kind == .system)
            #expect(try await desk.ticket(ticket.id).status == .pending)
            #expect(try await desk.messages(ticket.id, by: desk.requester(ticket)).count == 2)
        }
    }

    @Test(
        "A bounce is told with what its envelope says of the delivery",
        arguments: [("b0a1b2c3d", "0a1b2c3d", Int64(0)), ("d12", "", 12), ("b12", "", 0), ("d-1", "", 0), ("x", "", 0)])
    func bouncedDelivery(mark: String, tag: String, id: Int64) async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            let recipient = context.replyAddress.replacing("support+", with: "support+\(mark)+")
            let raw = Mails.with {
                $0.from = "MAILER-DAEMON@mx.example"
                $0.to = recipient
                $0.headers = ["Content-Type: multipart/report; report-type=delivery-status; boundary=x"]
                $0.body = "--x\r\n\r\nNo such user.\r\n--x--\r\n"
            }
            #expect(try await desk.accept(raw, to: recipient, envelopeFrom: "").ticketID == ticket.id)
            guard case .mailBounced(let bounce)? = try await desk.entries().last?.body else {
                throw RPCError(.notFound, "no bounce was told")
            }
            #expect(bounce.deliveryTag == tag && bounce.deliveryID == id)
        }
    }

    @Test("What a mail needs of its ticket fits into a call, however much was written there")
    func largeContext() async throws {
        try await Desk.open { desk in
            let (text, html) = (String(repeating: "ж", count: 1 << 20), String(repeating: "<p>long</p>", count: 90_000))
            let ticket = try await desk.createTicket(body: text) { $0.htmlBody = html }
            let reply = try await desk.api.addMessage(
                AddMessageRequest(ticketID: ticket.id, body: text, htmlBody: html, visibility: .public), desk.call())
            let context = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: ticket.id, messageID: reply.message?.id ?? 0),
                desk.call(Desk.operatorAccount))
            let quoted = try #require(context.quoted)
            #expect(quoted.newText == String(repeating: "ж", count: 32 << 10) && quoted.html.isEmpty)
            #expect(context.message?.text == text)
            #expect(try context.serialized().count < 4 << 20)
        }
    }

    @Test("Outgoing mail names the requester's newest mail and the whole thread")
    func context() async throws {
        try await Desk.open { desk in
            let (ticket, context) = try await conversation(desk)
            #expect(context.answerable && context.mailboxAddress == "support@desk.example")
            #expect(context.inReplyTo == "first@customer.example")
            #expect(context.references == ["first@customer.example"])
            let parts = context.replyAddress.split(separator: "@")
            #expect(parts[0].hasPrefix("support+") && parts[0].count == "support+".count + 32)
            let acknowledgement = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: ticket.id, messageID: 2), desk.call(Desk.operatorAccount))
            #expect(acknowledgement.inReplyTo == "first@customer.example")
            let raw = Mails.with {
                $0.body = "More fire."
                $0.headers = ["Message-ID: <second@customer.example>"]
            }
            _ = try await desk.accept(raw, to: context.replyAddress)
            let next = try await desk.api.getMailContext(
                GetMailContextRequest(ticketID: ticket.id), desk.call(Desk.operatorAccount))
            let sent = try await sentID(desk, ticket.id, context.message?.id ?? 0)
            #expect(next.inReplyTo == "second@customer.example")
            #expect(next.references == ["first@customer.example", sent, "second@customer.example"])
        }
    }
}
