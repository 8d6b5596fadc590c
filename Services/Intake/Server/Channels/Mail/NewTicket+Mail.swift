import Mail
import Model

extension IncomingMail {
    /// Every ticket has a subject.
    var subject: String {
        let subject = parsed.subject.trimmed
        return subject.isEmpty ? "(no subject)" : String(subject.prefix(RequestLimits.subjectCharacters))
    }
}

extension NewMessage {
    init(_ mail: IncomingMail, author: Actor) {
        self.init(visibility: .public, channel: .email, author: author)
        text = mail.parsed.text
        if let reason = mail.parsed.quarantine, text.isBlank {
            text = "This mail could not be understood (\(reason.rawValue)). Its raw source is attached."
        }
        newText = mail.parsed.newText.isBlank ? text : mail.parsed.newText
        html = mail.parsed.html
        isAutomatic = mail.isAutomatic
        files = mail.files
        source = mail.source
        searchText = mail.searchText
    }
}

extension NewTicket {
    /// Marks what a filter called unwanted: it is kept, and not answered.
    static let spamTag = "spam"

    init(_ mail: IncomingMail, message: NewMessage, mailbox: Mailbox?) {
        let declared = mail.parsed.language
        let guess = LanguageGuess.language(of: mail.parsed.subject + " " + mail.parsed.newText)
        self.init(
            subject: mail.subject, channel: .email, tags: mail.parsed.isSpam ? [Self.spamTag] : [],
            teamID: mailbox?.teamID ?? 0,
            language: guess.isEmpty ? declared : guess, mailboxID: mailbox?.id ?? 0, isAutomatic: message.isAutomatic,
            isQuarantined: mail.parsed.quarantine != nil, replyToken: RandomToken.make(),
            searchSubject: mail.searchSubject, message: message)
    }
}
