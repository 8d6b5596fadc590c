import CGMime
import Model

/// Mail as it comes from the world, read into what Intake stores. Never fails: what cannot be understood is marked
/// as quarantined and holds as much as could be read.
public enum MailParser {
    /// Reads one mail.
    ///
    /// - Parameters:
    ///   - raw: the source, byte for byte (RFC 5322, MIME).
    ///   - envelopeFrom: the return path of the envelope: empty is the null path `<>`, nil is unknown.
    ///   - authservIDs: the servers whose word on who wrote it is taken (RFC 8601), in lower case.
    ///   - images: which its HTML keeps.
    public static func parse(
        _ raw: [UInt8], envelopeFrom: String? = nil, authservIDs: Set<String> = [], images: MailImages = .inline
    ) -> ParsedMail {
        var mail = ParsedMail()
        guard raw.count <= MailSize.largestBytes else {
            readHeader(HeaderBlock(Array(raw.prefix(MailLimits.maxHeaderBytes))), into: &mail)
            mail.quarantine = .tooLarge
            return mail
        }
        let hasLineFeeds = raw.contains(10) || !raw.contains(13)
        // An old Mac ended lines by CR alone. Where that is all there is, it means what LF means.
        let raw = hasLineFeeds ? raw : raw.map { $0 == 13 ? 10 : $0 }
        let header = HeaderBlock(raw)
        readHeader(header, into: &mail)
        // No server that checks mail ends lines by CR alone.
        if hasLineFeeds { mail.provedAuthor = AuthenticatedAuthor.address(in: header, checkedBy: authservIDs) }
        if header.isOverLimit { mail.quarantine = .tooManyHeaders }
        // Without a single field, all of it is body.
        let body = header.fields.isEmpty ? raw[...] : raw[header.bodyStart...]
        if header.fields.isEmpty { mail.quarantine = raw.allSatisfy { $0 <= 32 } ? .empty : .unreadable }

        let content = MailContent.read(header: header, body: body)
        mail.attachments = content.attachments
        mail.wrappers = content.wrappers
        mail.quarantine = mail.quarantine ?? content.quarantine
        readBody(content, images, into: &mail)

        mail.isSpam = SpamMark.isSet(in: header)
        mail.automatic = AutomaticMail.kind(
            header, envelopeFrom: envelopeFrom, from: mail.from?.address ?? "", subject: mail.subject)
        if mail.automatic == .bounce { mail.bounce = BounceReport.read(content, header: header, body: body) }
        return mail
    }

    private static func readHeader(_ header: HeaderBlock, into mail: inout ParsedMail) {
        mail.subject = PlainText.shortened(header.text("subject"), characters: MailLimits.maxSubjectCharacters)
        mail.from = HeaderText.addresses(header.first("from")).first
        mail.sender = HeaderText.addresses(header.first("sender")).first
        mail.replyTo = HeaderText.addresses(header.first("reply-to"))
        mail.to = HeaderText.addresses(header.first("to"))
        mail.cc = HeaderText.addresses(header.first("cc"))
        mail.messageID = HeaderText.messageIDs(header.first("message-id")).first ?? ""
        mail.inReplyTo = HeaderText.messageIDs(header.first("in-reply-to"))
        mail.references = HeaderText.messageIDs(header.first("references"))
        mail.dateMilliseconds = HeaderText.date(header.first("date"))
        mail.language = language(header)
    }

    private static func readBody(_ content: MailContent, _ images: MailImages, into mail: inout ParsedMail) {
        let segments = content.segments.map { segment -> (text: String, html: String) in
            let text = segment.plain.map { PlainText.body($0) } ?? ""
            let hasText = text.contains { !$0.isWhitespace }
            return (hasText ? text : segment.html.map { PlainText.body(HTMLText.plain($0)) } ?? "", segment.html ?? "")
        }
        let texts = segments.map(\.text).filter { !$0.isEmpty }
        mail.text = texts.count == 1 ? texts[0] : PlainText.body(texts.joined(separator: "\n\n"))
        if let wrapper = MailWrapper(text: mail.text) { mail.wrappers.insert(wrapper) }
        mail.newText = NewText.of(mail.text)
        guard segments.contains(where: { !$0.html.isEmpty }) else { return }
        let html = segments.map {
            $0.html.isEmpty && !$0.text.isEmpty ? "<pre>\n" + HTMLEscaping.escaped($0.text) + "</pre>" : $0.html
        }
        let sanitized = HTMLSanitizer.sanitizing(html.joined(separator: "\n"), images: images)
        mail.html = sanitized.html
        mail.hasRemoteImages = sanitized.hasRemoteImages
    }

    /// The first BCP 47 tag that the header names.
    private static func language(_ header: HeaderBlock) -> String {
        for name in ["content-language", "accept-language"] {
            let tag = header.text(name).prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            if (2...35).contains(tag.count) { return String(tag) }
        }
        return ""
    }
}
