import Model

/// The message that a reply answers, quoted as mail clients do: the words that were new in it, with its author's name.
struct QuotedMessage: Sendable, Hashable {
    /// More lines are not quoted; the thread has them.
    static let mostLines = 400

    let author: String
    /// As "2026-11-27 14:05 UTC".
    let date: String
    let lines: [Substring]

    /// Nil for what must not be quoted: nothing that is not public.
    /// - Parameters:
    ///   - recipient: who gets the mail.
    ///   - desk: stands for an author who is known by an address alone.
    init?(_ message: Message?, recipient: Requester?, desk: String) {
        guard let message, message.visibility == .public else { return nil }
        let text = message.newText.isEmpty ? message.text : message.newText
        let cut = text.prefix(utf8Bytes: MailSize.mostQuotedBytes)
        let lines = cut.split(separator: "\n", omittingEmptySubsequences: false).prefix(Self.mostLines)
        guard lines.contains(where: { !$0.allSatisfy(\.isWhitespace) }) else { return nil }
        self.lines = Array(lines)
        let isRecipient = message.author?.kind == .requester && message.author?.id == recipient?.id
        // A name that holds an address tells it to others than its owner.
        let name = TemplateRenderer.oneLine(message.authorName)
        author = name.isEmpty || (name.contains("@") && !isRecipient) ? desk : name
        let instant = Instant(milliseconds: message.createdAtMilliseconds).description
        date = instant.prefix(10) + " " + instant.dropFirst(11).prefix(5) + " UTC"
    }

    var text: String {
        lines.map { $0.isEmpty ? ">" : $0.first == ">" ? ">\($0)" : "> \($0)" }.joined(separator: "\n")
    }

    var html: String {
        HTMLText.paragraphs(lines.joined(separator: "\n"))
    }

    func fill(_ facts: inout TemplateFacts, _ text: MailText) {
        facts["quote.author"] = author
        facts["quote.date"] = date
        facts["quote.intro"] = text.quoteIntro(author: author, date: date)
        facts["quote.text"] = self.text
        facts["quote.html"] = html
    }
}
