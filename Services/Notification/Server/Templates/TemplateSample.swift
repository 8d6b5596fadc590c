import Model

/// A ticket that was made up, to show a template by. Names hold what must be escaped, so that a preview shows that it is.
enum TemplateSample {
    static func facts(_ kind: DeliveryKind, _ language: String) -> TemplateFacts {
        let text = MailText(language: .init(tag: language))
        let subject = subject(text.language)
        var facts = TemplateFacts()
        facts["brand.name"] = "Example & Co."
        facts["brand.address"] = "support@example.com"
        facts["brand.color"] = "#336699"
        facts["brand.footer"] = "Example & Co.\n1 Example Street"
        facts["brand.footer_html"] = HTMLText.lines("Example & Co.\n1 Example Street")
        facts["ticket.id"] = "1234"
        facts["ticket.subject"] = subject
        facts["ticket.reply_subject"] = MailText.replySubject(subject)
        facts["ticket.status"] = TicketStatus.open.name
        facts["ticket.priority"] = Priority.high.name
        facts["recipient.name"] = "Anna <3"
        facts["requester.name"] = "Anna <3"
        facts["agent.name"] = "Boris"
        facts["agent.signature"] = "Boris <3\nExample & Co."
        facts["agent.signature_html"] = HTMLText.lines("Boris <3\nExample & Co.")
        facts["message.text"] = "1 < 2"
        facts["message.html"] = HTMLText.paragraphs("1 < 2")
        facts["promise.metric"] = text.metric(Metric.firstResponse.name)
        facts["survey.url"] = "https://support.example.com/survey/0123456789abcdef0123456789abcdef"
        facts["survey.good_url"] = facts["survey.url"] + "?answer=good"
        facts["survey.bad_url"] = facts["survey.url"] + "?answer=bad"
        let question = Message(
            visibility: .public, author: Actor(kind: .requester, id: 1), authorName: "Anna <3", text: subject,
            newText: subject, createdAtMilliseconds: 1_700_000_000_000)
        QuotedMessage(question, recipient: nil, desk: "Example & Co.")?.fill(&facts, text)
        return facts
    }

    private static func subject(_ language: MailText.Language) -> String {
        switch language {
        case .english: "The printer on floor 3 is out of order"
        case .russian: "Принтер на 3-м этаже не работает"
        case .greek: "Ο εκτυπωτής στον 3ο όροφο δεν λειτουργεί"
        case .polish: "Drukarka na 3. piętrze nie działa"
        }
    }
}
