import Model
import Testing

@testable import NotificationServer

/// What must stay in the house does, whatever template words the mail.
@Suite("Mails as they are written")
struct MailDraftTests {
    private static let secrets = [
        "whispered", "plan.txt", "carol@elsewhere.example", "dave@elsewhere.example", "boris@desk.example",
    ]
    private static let kinds = DeliveryKind.allCases.filter { $0 != .unspecified }

    private static let ticket = Ticket(
        id: 7, subject: "Printer", status: .open, priority: .high,
        requester: Requester(id: 3, email: "anna@example.org", name: "Anna"), assigneeID: 9, language: "en",
        mailboxID: 1)

    private static func context(message: Message?, quoted: Message?) -> MailContext {
        MailContext(
            ticket: ticket, message: message, mailboxAddress: "support@desk.example", mailboxName: "Desk",
            replyAddress: "support+0123456789abcdef0123456789abcdef@desk.example", quoted: quoted, answerable: true)
    }

    private static let publicReply = Message(
        id: 5, ticketID: 7, visibility: .public, author: Actor(kind: .agent, id: 9), text: "Turn it on.")
    private static let note = Message(
        id: 6, ticketID: 7, visibility: .internal, author: Actor(kind: .agent, id: 9), text: "whispered",
        newText: "whispered", html: "<p>whispered</p>",
        attachments: [Attachment(id: 1, filename: "plan.txt", contentType: "text/plain", messageID: 6)])

    private static func draft(_ kind: DeliveryKind, message: Message? = publicReply, quoted: Message? = nil)
        -> MailDraft
    {
        let toAgent = [.assignment, .slaWarning, .slaBreach, .mention].contains(kind)
        let boris = User(id: 9, name: "Boris", email: "boris@desk.example", role: .agent, active: true)
        return MailDraft(
            planned: PlannedDelivery(
                delivery: Delivery(id: 12, kind: kind, ticketID: 7, messageID: kind == .reply ? 5 : 0),
                cause: "intake:1:1",
                userID: toAgent ? 9 : 0, detail: "first_response"),
            context: context(message: message, quoted: quoted), ticket: ticket, user: toAgent ? boris : nil,
            author: kind == .reply ? boris : nil)
    }

    @Test("A copy goes to who takes part, with nobody else's address, and not to who no longer does")
    func copies() throws {
        var draft = Self.draft(.reply)
        draft.planned.participantID = 4
        #expect(draft.suppression == "not_participant")
        draft.context.participant = Requester(id: 4, email: "carol@elsewhere.example", name: "Carol", language: "pl")
        #expect(draft.suppression == nil && draft.language == .polish)
        let mail = try draft.mail(by: OriginalTemplates.template(.reply, .polish))
        #expect(mail.toAddress == "carol@elsewhere.example" && mail.toName == "Carol")
        #expect(!Self.said(mail).contains("anna@example.org"))
        #expect(mail.replyTo == "support+0123456789abcdef0123456789abcdef@desk.example")
    }

    @Test("An agent may answer what is mailed to them, by an address that serves nobody else")
    func staffAddress() throws {
        let purposes: [(DeliveryKind, String)] = [
            (.assignment, "agent"), (.slaWarning, "agent"), (.slaBreach, "agent"), (.mention, "note"),
        ]
        for (kind, purpose) in purposes {
            let mail = try Self.draft(kind).mail(by: OriginalTemplates.template(kind, .english))
            #expect(mail.replyTo == "support+\(purpose)+0123456789abcdef0123456789abcdef@desk.example")
            #expect(mail.envelopeFrom.isEmpty)
        }
    }

    /// Everything of a mail that leaves, but for the recipient's own address.
    private static func said(_ mail: OutgoingMail) -> String {
        let headers = [mail.fromName, mail.fromAddress, mail.toName, mail.replyTo, mail.subject, mail.envelopeFrom]
        return (headers + [mail.text, mail.html] + mail.attachments.map(\.filename)).joined(separator: "\n")
    }

    /// Names every fact that there is.
    private static func everything(_ kind: DeliveryKind) -> MailTemplate {
        let names = TemplateFields.names(kind).sorted().filter { $0 != "quote" }
        let tags = names.map { "{{\($0)}}" }.joined(separator: "\n")
        let raw = TemplateFields.htmlNames(kind).sorted().map { "{{{\($0)}}}" }.joined(separator: "\n")
        return MailTemplate(kind: kind, language: "en", subject: tags, text: tags, html: tags + raw)
    }

    @Test(
        "No internal note, no attachment of one and no other person's address leaves, by any template of any kind",
        arguments: kinds)
    func privacy(kind: DeliveryKind) throws {
        let others = [
            Self.note,
            Message(visibility: .public, authorName: "carol@elsewhere.example", text: "Mine too", newText: "Mine too"),
            Message(
                visibility: .public, author: Actor(kind: .requester, id: 4), authorName: "dave@elsewhere.example",
                text: "x"),
        ]
        let templates = OriginalTemplates.all.filter { $0.kind == kind } + [Self.everything(kind)]
        for template in templates {
            #expect(TemplateCheck.violations(of: template) == [])
            for quoted in others {
                for message in [Self.publicReply, Self.note, nil] {
                    let mail = try Self.draft(kind, message: message, quoted: quoted).mail(by: template)
                    let found = Self.secrets.filter { Self.said(mail).contains($0) }
                    #expect(found.isEmpty, "\(kind.name): \(found)")
                }
            }
        }
    }

    @Test("A reply that is no public message is not mailed at all")
    func internalReply() {
        #expect(Self.draft(.reply, message: Self.note).suppression == "not_public")
        #expect(Self.draft(.reply, message: nil).suppression == "not_public")
        #expect(Self.draft(.reply).suppression == nil)
    }

    @Test("Kinds that no journal asks for are not mailed", arguments: [DeliveryKind.unspecified])
    func unasked(kind: DeliveryKind) {
        #expect(Self.draft(kind).suppression == "unknown_kind")
    }

    @Test("A mention goes to the agent whom an internal note names, and tells nothing of the note")
    func mention() throws {
        #expect(Self.draft(.mention, message: Self.note).suppression == nil)
        #expect(Self.draft(.mention, message: Self.publicReply).suppression == "not_internal")
        #expect(Self.draft(.mention, message: nil).suppression == "not_internal")
        var draft = Self.draft(.mention, message: Self.note)
        draft.author = User(id: 4, name: "Cleo", email: "cleo@desk.example", role: .lead, active: true)
        let mail = try draft.mail(by: OriginalTemplates.template(.mention, .english))
        #expect(mail.toAddress == "boris@desk.example" && mail.requesterID == 0 && mail.envelopeFrom.isEmpty)
        #expect(mail.text.contains("Cleo mentioned you") && !Self.said(mail).contains("whispered"))
        draft.user?.active = false
        #expect(draft.suppression == "no_address")
    }

    @Test(
        "A reply ends with its author's signature and the mailbox's footer, escaped in HTML",
        arguments: MailText.Language.allCases)
    func signature(language: MailText.Language) throws {
        var draft = Self.draft(.reply)
        draft.author?.signature = "Boris <b>\nSecond line"
        draft.context.mailboxFooter = "Desk & Co.\nStreet 1"
        draft.context.mailboxColor = "#336699"
        let mail = try draft.mail(by: OriginalTemplates.template(.reply, language))
        #expect(mail.text == "Turn it on.\n\n-- \nBoris <b>\nSecond line\nDesk\nDesk & Co.\nStreet 1\n")
        #expect(mail.html.contains("Boris &lt;b&gt;<br>\nSecond line<br>"))
        #expect(mail.html.contains("Desk &amp; Co.<br>\nStreet 1") && mail.html.contains("3px solid #336699"))
        #expect(mail.fromName == "Boris" && mail.requesterID == 3)
    }

    @Test(
        "The brand's name and footer stand on what goes to requesters; to agents goes no footer",
        arguments: [DeliveryKind.acknowledgement, .solved, .assignment, .slaBreach])
    func brand(kind: DeliveryKind) throws {
        var draft = Self.draft(kind)
        draft.context.mailboxFromName = "Help at Example"
        draft.context.mailboxFooter = "Street 1"
        let mail = try draft.mail(by: OriginalTemplates.template(kind, .english))
        #expect(mail.fromName == "Help at Example")
        let isToRequester = [.acknowledgement, .solved].contains(kind)
        #expect(mail.text.contains("Street 1") == isToRequester && mail.html.contains("Street 1") == isToRequester)
        draft.context.mailboxFooter = ""
        #expect(!(try draft.mail(by: OriginalTemplates.template(kind, .english)).html.contains("<p></p>")))
    }

    @Test("A reply quotes what it answers, as mail clients do", arguments: MailText.Language.allCases)
    func quote(language: MailText.Language) throws {
        let question = Message(
            visibility: .public, author: Actor(kind: .requester, id: 3), authorName: "Anna",
            text: "It is\n> broken <b>",
            newText: "It is\n\n> broken <b>", createdAtMilliseconds: 1_700_000_000_000)
        let mail = try Self.draft(.reply, quoted: question).mail(by: OriginalTemplates.template(.reply, language))
        #expect(mail.text.hasPrefix("Turn it on.\n\n-- \nBoris\nDesk\n"))
        #expect(mail.text.contains("\n\nOn 2023-11-14 22:13 UTC, Anna wrote:\n> It is\n>\n>> broken <b>\n"))
        #expect(mail.html.contains("<p>Turn it on.</p>") && mail.html.contains("&gt; broken &lt;b&gt;"))
        #expect(mail.subject == "Re: Printer" && mail.fromName == "Boris" && mail.fromAddress == "support@desk.example")
    }

    @Test("A reply to nothing quotes nothing")
    func noQuote() throws {
        let mail = try Self.draft(.reply).mail(by: OriginalTemplates.template(.reply, .english))
        #expect(mail.text == "Turn it on.\n\n-- \nBoris\nDesk\n")
        #expect(!mail.html.contains("blockquote"))
    }

    @Test("A template that would make too much of a long reply gives way to the original")
    func tooLong() throws {
        var long = Self.publicReply
        long.text = String(repeating: "x", count: 2 * 1024 * 1024)
        let tags = String(repeating: "{{message.text}}", count: TemplateLimits.mostTags)
        let template = MailTemplate(kind: .reply, language: "en", subject: "Own", text: tags, html: tags)
        #expect(TemplateCheck.violations(of: template) == [])
        let mail = try Self.draft(.reply, message: long).mail(by: template)
        #expect(mail.subject == "Re: Printer" && mail.text == long.text + "\n\n-- \nBoris\nDesk\n")
        #expect(try Self.draft(.reply).mail(by: template).subject == "Own")
    }

    @Test(
        "Files beyond what a mail carries are named in it, and those that still fit go",
        arguments: MailText.Language.allCases)
    func leftOut(language: MailText.Language) throws {
        func file(_ id: Int64, _ megabytes: Int64, of messageID: Int64 = 5) -> Model.Attachment {
            Model.Attachment(id: id, filename: "f\(id) <b>.zip", sizeBytes: megabytes << 20, messageID: messageID)
        }
        var reply = Self.publicReply
        reply.attachments = [file(1, 20), file(2, 6), file(3, 5), file(4, 1, of: 6), file(5, 1)]
        let draft = Self.draft(.reply, message: reply)
        #expect(draft.files.carried.map(\.id) == [1, 3] && draft.files.leftOut.map(\.id) == [2, 5])
        let mail = try draft.mail(by: OriginalTemplates.template(.reply, language))
        #expect(mail.text.hasPrefix("Turn it on.\n\n") && mail.text.contains(": f2 <b>.zip, f5 <b>.zip\n"))
        #expect(mail.html.contains("f2 &lt;b&gt;.zip") && !mail.text.contains("f3"))
        let note = Self.draft(.reply, message: Self.note)
        #expect(note.files.carried.isEmpty && note.files.leftOut.isEmpty)
    }

    @Test("A Message-ID that a header cannot hold as it is stands in none, and what is left is written as it came")
    func unwritableMessageIDs() throws {
        var draft = Self.draft(.reply)
        draft.context.inReplyTo = "Drucker.Störung@müller.example"
        draft.context.references = [
            "first@customer.example", "two words@customer.example", "Störung@müller.example", "a>b@customer.example",
            "a\u{7f}b@customer.example", "", String(repeating: "x", count: HeaderIdentifier.longest + 1),
            String(repeating: "y", count: HeaderIdentifier.longest), "a@b@c", "a..b@my_host", "last@customer.example",
        ]
        let mail = try draft.mail(by: OriginalTemplates.template(.reply, .english))
        let longest = "<\(String(repeating: "y", count: HeaderIdentifier.longest))>"
        #expect(mail.inReplyTo.isEmpty)
        let written = ["<first@customer.example>", longest, "<a@b@c>", "<a..b@my_host>", "<last@customer.example>"]
        #expect(mail.references == written)
        let bytes = MailComposer.compose(mail)
        #expect(bytes.allSatisfy { $0 < 0x80 })
        #expect(bytes.split(separator: 10).allSatisfy { $0.count <= 999 })
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("In-Reply-To"))
        #expect(text.contains("\r\nReferences: \(written.joined(separator: "\r\n\t"))\r\n"))
    }

    @Test("A part of a type that a header cannot hold is a file of no known type")
    func unwritableType() throws {
        var mail = try Self.draft(.reply).mail(by: OriginalTemplates.template(.reply, .english))
        mail.attachments = [
            OutgoingMail.Part(filename: "план.txt", contentType: "текст/x y", bytes: Array("Plan".utf8))
        ]
        let bytes = MailComposer.compose(mail)
        #expect(bytes.allSatisfy { $0 < 0x80 })
        #expect(String(decoding: bytes, as: UTF8.self).contains("Content-Type: application/octet-stream"))
    }

    @Test("The Message-ID of what goes to the requester is the ticket's, and no two deliveries share one but attempts")
    func messageIDs() throws {
        func id(_ kind: DeliveryKind) throws -> String {
            try Self.draft(kind).mail(by: OriginalTemplates.template(kind, .english)).messageID
        }
        #expect(try id(.reply) == "<firstline.7.5.0123456789abcdef@desk.example>")
        #expect(try id(.acknowledgement) == "<firstline.7.0.0123456789abcdef@desk.example>")
        #expect(try id(.solved) == "<firstline.7.0.0123456789abcdef.12@desk.example>")
        #expect(try id(.assignment) == "<firstline.delivery.12.0123456789abcdef@desk.example>")
        #expect(try id(.solved) == id(.solved))
    }
}
