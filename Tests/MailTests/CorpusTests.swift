import Mail
import Testing

@Suite("The corpus") struct CorpusTests {
    @Test("There are at least 150 messages")
    func size() { #expect(CorpusMessage.names.count >= 150) }

    @Test("A message is read as a careful person reads it", arguments: CorpusMessage.names)
    func reading(name: String) throws {
        let message = try CorpusMessage(name)
        let expected = message.expected
        let mail = MailParser.parse(message.raw, envelopeFrom: expected.envelopeFrom)
        #expect(mail.subject == expected.subject)
        #expect(mail.from.map(CorpusMessage.Person.init) == expected.from)
        if let text = expected.newText { #expect(lines(mail.newText) == lines(text)) }
        for part in expected.newTextContains { #expect(mail.newText.contains(part)) }
        for part in expected.newTextLacks { #expect(!mail.newText.contains(part)) }
        for part in expected.textContains { #expect(mail.text.contains(part)) }
        for part in expected.textLacks { #expect(!mail.text.contains(part)) }
        for part in expected.htmlContains { #expect(mail.html.contains(part)) }
        for part in expected.htmlLacks { #expect(!mail.html.contains(part)) }
        #expect(mail.attachments.map(CorpusMessage.File.init) == expected.attachments)
        #expect(mail.automatic?.rawValue == expected.automatic)
        #expect(mail.quarantine?.rawValue == expected.quarantine)
        #expect(mail.isSpam == expected.spam)
        #expect(mail.wrappers.map(\.rawValue).sorted() == expected.wrappers)
        #expect(HTMLSanitizer.sanitized(mail.html) == mail.html)
    }

    @Test("A message's header is read as a careful person reads it", arguments: CorpusMessage.names)
    func header(name: String) throws {
        let message = try CorpusMessage(name)
        let expected = message.expected
        let mail = MailParser.parse(message.raw, envelopeFrom: expected.envelopeFrom)
        if let id = expected.messageID { #expect(mail.messageID == id) }
        if let ids = expected.inReplyTo { #expect(mail.inReplyTo == ids) }
        if let ids = expected.references { #expect(mail.references == ids) }
        if let people = expected.replyTo { #expect(mail.replyTo.map(CorpusMessage.Person.init) == people) }
        if let people = expected.to { #expect(mail.to.map(CorpusMessage.Person.init) == people) }
        if let people = expected.cc { #expect(mail.cc.map(CorpusMessage.Person.init) == people) }
        if let date = expected.dateMS { #expect(mail.dateMilliseconds == date) }
        if let language = expected.language { #expect(mail.language == language) }
        guard let bounce = expected.bounce else { return }
        #expect(mail.bounce?.failedRecipients == bounce.recipients)
        #expect(mail.bounce?.action == bounce.action)
        #expect(mail.bounce?.status == bounce.status)
        #expect(mail.bounce?.originalMessageID == bounce.messageID)
    }

    /// Blank lines and blanks at the ends of lines say nothing.
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            var line = line
            while let last = line.last, last.isWhitespace { line.removeLast() }
            return String(line)
        }.filter { !$0.isEmpty }
    }
}
