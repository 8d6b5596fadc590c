import Model
import Testing

@testable import NotificationServer

@Suite("What asks for a mail")
struct DeliveryPlannerTests {
    private func kind(_ body: JournalEntry.Body) -> DeliveryKind? {
        DeliveryPlanner.plans(JournalEntry(ticketID: 1, body: body)).first?.delivery.kind
    }

    @Test("A new ticket is acknowledged")
    func acknowledgement() {
        #expect(kind(.ticketCreated(TicketCreated(channel: .email))) == .acknowledgement)
    }

    @Test("Automatic mail, quarantined mail and a call are never acknowledged")
    func noAcknowledgement() {
        #expect(kind(.ticketCreated(TicketCreated(channel: .email, automatic: true))) == nil)
        #expect(kind(.ticketCreated(TicketCreated(channel: .email, quarantined: true))) == nil)
        #expect(kind(.ticketCreated(TicketCreated(channel: .phone))) == nil)
    }

    @Test("Only an agent's public reply is mailed")
    func replies() {
        func added(_ kind: ActorKind, _ visibility: Visibility, first: Bool = false) -> JournalEntry.Body {
            .messageAdded(
                MessageAdded(messageID: 3, author: Actor(kind: kind, id: 2), visibility: visibility, first: first))
        }
        #expect(kind(added(.agent, .public)) == .reply)
        #expect(kind(added(.agent, .internal)) == nil)
        #expect(kind(added(.requester, .public)) == nil)
        #expect(kind(added(.agent, .public, first: true)) == nil)
    }

    @Test("Each who takes part gets a delivery of their own, beside the requester's")
    func participants() {
        let added = MessageAdded(
            messageID: 3, author: Actor(kind: .agent, id: 2), visibility: .public, participantIDs: [4, 5])
        let plans = DeliveryPlanner.plans(JournalEntry(ticketID: 1, body: .messageAdded(added)))
        #expect(plans.map(\.participantID) == [0, 4, 5])
        #expect(plans.allSatisfy { $0.delivery.kind == .reply && $0.delivery.messageID == 3 })
    }

    @Test("A solved ticket is told to its requester, beside a new assignee to the agent")
    func solved() {
        let changes = [
            FieldChange(field: "assignee_id", newValue: "9"), FieldChange(field: "status", newValue: "solved"),
        ]
        let plans = DeliveryPlanner.plans(JournalEntry(body: .ticketChanged(TicketChanged(changes: changes))))
        #expect(plans.map(\.delivery.kind) == [.assignment, .solved])
    }

    @Test("An agent is told of a ticket that becomes theirs, and nobody of one that becomes nobody's")
    func assignments() {
        func changed(_ value: String) -> JournalEntry.Body {
            .ticketChanged(TicketChanged(changes: [FieldChange(field: "assignee_id", newValue: value)]))
        }
        #expect(DeliveryPlanner.plans(JournalEntry(body: changed("9"))).map(\.userID) == [9])
        #expect(kind(changed("")) == nil)
    }
}

@Suite("Retries")
struct RetryScheduleTests {
    @Test("Pauses double up to the longest, and chance adds at most a fifth")
    func pauses() throws {
        var last: Int64 = 0
        for attempts in Int32(1)...30 {
            let next = try #require(
                RetrySchedule.next(attempts: attempts, createdAtMilliseconds: 0, nowMilliseconds: 0, chance: 0))
            #expect(next >= last && next <= RetrySchedule.longestPauseMilliseconds)
            last = next
        }
        #expect(
            RetrySchedule.next(attempts: 1, createdAtMilliseconds: 0, nowMilliseconds: 0, chance: 1)
                == RetrySchedule.firstPauseMilliseconds * 6 / 5)
    }

    @Test("After five days it is given up")
    func patience() {
        let late = RetrySchedule.patienceMilliseconds
        #expect(RetrySchedule.next(attempts: 40, createdAtMilliseconds: 0, nowMilliseconds: late, chance: 0) == nil)
    }
}

@Suite("Composed mail")
struct MailComposerTests {
    private func mail() -> OutgoingMail {
        OutgoingMail(
            fromName: "Support", fromAddress: "support@firstline.example", toName: "Анна",
            toAddress: "anna@example.org",
            replyTo: "support+0123@firstline.example", subject: "Принтер",
            messageID: "<firstline.1.0.ab@firstline.example>",
            inReplyTo: "<x@example.org>", references: ["<w@example.org>", "<x@example.org>"], origin: .autoReplied,
            text: "Здравствуйте!\n", ticketID: 1, deliveryID: 12, dateMilliseconds: 1_700_000_000_000)
    }

    private func text(_ mail: OutgoingMail) -> String {
        String(decoding: MailComposer.compose(mail), as: UTF8.self)
    }

    @Test("Automatic mail says so and has no return path")
    func automatic() {
        let mail = mail()
        #expect(text(mail).contains("Auto-Submitted: auto-replied\r\n"))
        #expect(mail.envelopeFrom.isEmpty)
    }

    @Test("A mail names the trace on which it was made, and nothing where there is none")
    func trace() {
        var mail = mail()
        #expect(!text(mail).contains("Traceparent"))
        mail.traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(text(mail).contains("Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"))
    }

    @Test("An agent's reply is a person's mail")
    func person() {
        var mail = mail()
        mail.origin = .person
        #expect(!text(mail).contains("Auto-Submitted"))
        #expect(mail.envelopeFrom == mail.replyTo)
        mail.bounceTag = "0a1b2c3d"
        #expect(mail.envelopeFrom == "support+b0a1b2c3d+0123@firstline.example")
        mail.replyTo = String(repeating: "s", count: 40) + "+0123456789abcdef0123@firstline.example"
        #expect(mail.envelopeFrom == mail.replyTo)
    }

    @Test("Every line ends in CR LF, and threading headers stand as given")
    func lines() {
        let composed = text(mail())
        #expect(!composed.replacing("\r\n", with: "").contains("\n"))
        #expect(composed.contains("Message-Id: <firstline.1.0.ab@firstline.example>\r\n"))
        #expect(composed.contains("In-Reply-To: <x@example.org>\r\n"))
    }

    @Test("A line end in a subject or a name makes no header of its own")
    func injection() {
        var mail = mail()
        mail.subject = "a\r\nBcc: victim@example.org"
        mail.fromName = "x\r\nBcc: victim@example.org"
        mail.attachments = [OutgoingMail.Part(filename: "a\r\nX: y", contentType: "text/plain\r\nX: y", bytes: [])]
        #expect(!text(mail).contains("\nBcc:"))
        #expect(!text(mail).contains("\nX:"))
    }

    @Test("Images that the HTML shows stand beside it, other files at the end; a mail that is attached is a file")
    func parts() {
        var mail = mail()
        mail.html = "<img src=\"cid:logo@desk\">"
        mail.attachments = [
            OutgoingMail.Part(filename: "logo.png", contentType: "image/png", bytes: [1], contentID: "logo@desk"),
            OutgoingMail.Part(filename: "a.eml", contentType: "message/rfc822", bytes: [2]),
        ]
        let composed = text(mail)
        #expect(composed.contains("multipart/related") && composed.contains("Content-Id: <logo@desk>"))
        #expect(composed.contains("application/octet-stream") && !composed.contains("message/rfc822"))
    }

    @Test("Attachments travel whole, with their names")
    func attachments() {
        var mail = mail()
        mail.html = "<p>Hello</p>"
        mail.attachments = [OutgoingMail.Part(filename: "принтер.png", contentType: "image/png", bytes: Array(0...255))]
        let composed = text(mail)
        #expect(composed.contains("multipart/mixed") && composed.contains("multipart/alternative"))
        #expect(composed.contains("AAECAwQFBgcICQ"))
    }
}
