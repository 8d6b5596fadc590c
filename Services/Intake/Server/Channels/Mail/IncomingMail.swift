import Mail
import Model
import Store

/// A mail on its way into a ticket: parsed, its files ready to be kept, everything worked out that needs no store.
struct IncomingMail: Sendable {
    /// Recipient and hash of the content: the same mail twice has the same key.
    var sourceKey: String
    var parsed: ParsedMail
    /// To which address of ours it was sent; nil for none or a broken one.
    var recipient: MailboxAddress?
    /// Who wrote it, normalised; nil when the mail names nobody.
    var sender: MailboxAddress?
    var senderName: String
    /// Who handed it over to us for the sender, as the envelope says; nil for nobody.
    var envelopeSender: MailboxAddress?
    /// Whom it was also sent to.
    var otherAddresses: [MailboxAddress]
    /// It is proved to come from its author's address.
    var isAuthenticated: Bool
    var source: MailSource
    var files: [NewFile]
    var searchText: String
    var searchSubject: String
    /// BCP 47: what the text looks like, else what the header declares; empty for neither.
    var language: String
    /// The trace of the session or call that brought it; empty for none.
    var traceParent: String

    init(
        _ parsed: ParsedMail, raw: Blob, recipient: String, envelopeFrom: String?, files: [NewFile],
        traceParent: String = ""
    ) {
        let stemmer = Stemmer()
        self.parsed = parsed
        self.recipient = MailboxAddress(recipient)
        self.files = files
        self.traceParent = traceParent
        sourceKey = "lmtp:\(recipient.lowercased().prefix(Self.longestRecipient)):\(raw.hash)"
        let author = parsed.from ?? parsed.sender
        envelopeSender = envelopeFrom.flatMap { MailboxAddress($0) }
        sender = author.flatMap { MailboxAddress($0.address) } ?? envelopeSender
        otherAddresses = (parsed.to + parsed.cc).prefix(Self.addressLimit).compactMap { MailboxAddress($0.address) }
        isAuthenticated = parsed.provedAuthor != nil && parsed.provedAuthor == sender?.text
        senderName = String((author?.name ?? "").trimmed.prefix(RequestLimits.nameCharacters))
        source = MailSource(
            blob: raw, mailID: String(parsed.messageID.prefix(Self.longestMailID)),
            inReplyTo: String((parsed.inReplyTo.first ?? "").prefix(Self.longestMailID)))
        searchText = stemmer.indexed(
            parsed.newText.isBlank ? parsed.text : parsed.newText, limitBytes: SearchLimits.bodyBytes)
        let guess = LanguageGuess.language(of: parsed.subject + " " + parsed.newText)
        language = guess.isEmpty ? parsed.language : guess
        searchSubject = stemmer.indexed(parsed.subject, limitBytes: SearchLimits.headerBytes)
    }

    /// Tokens of reply addresses that the mail was sent to, the envelope's recipient first.
    var replyTokens: [ReplyToken] { replyTokens(of: [recipient].compactMap(\.self) + otherAddresses) }

    func replyTokens(of addresses: [MailboxAddress]) -> [ReplyToken] { addresses.compactMap(ReplyToken.init) }

    /// Which delivery came back: it had the envelope's sender `name+bTAG+TOKEN@…`, to which the report is sent. Empty where none tells.
    var bouncedDeliveryTag: String { bouncedMarks.lazy.compactMap { DeliveryTag.tag($0) }.first ?? "" }

    /// The same of what earlier versions sent, from `name+dID+TOKEN@…`; 0 where none tells.
    var bouncedDeliveryID: Int64 {
        bouncedMarks.lazy.filter { $0.first == "d" }.compactMap { Int64($0.dropFirst()) }.first { $0 > 0 } ?? 0
    }

    /// What stands before the tokens of the addresses that it was sent to.
    private var bouncedMarks: [Substring] {
        ([recipient].compactMap(\.self) + otherAddresses).compactMap { address in
            guard let parts = address.extra?.split(separator: "+"), parts.count == 2 else { return nil }
            return parts[0]
        }
    }

    /// The mails that it answers, newest first.
    var answeredMailIDs: [String] {
        var seen: Set<String> = []
        return (parsed.inReplyTo + parsed.references.reversed()).prefix(Self.answeredLimit).filter {
            seen.insert($0).inserted
        }
    }

    /// Who it says that it is from.
    var senders: [MailboxAddress] {
        envelopeSender == sender ? [sender].compactMap(\.self) : [sender, envelopeSender].compactMap(\.self)
    }

    /// Nobody waits for an answer, or nobody should get one.
    var isAutomatic: Bool { parsed.automatic != nil || parsed.isSpam }

    private static let longestRecipient = 320
    private static let longestMailID = 998
    private static let answeredLimit = 30
    private static let addressLimit = 50
}

extension NewFile {
    /// A mail's raw source as a file beside its message, where nothing else of it could be shown.
    init(source: Blob) {
        self.init(
            filename: "message.eml", contentType: "message/rfc822", isInline: false, contentID: "", blob: source)
    }
}
