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
        if text.isBlank, mail.parsed.quarantine == nil, let wrapper = Self.wrapperText(mail.parsed) { text = wrapper }
        newText = mail.parsed.newText.isBlank ? text : mail.parsed.newText
        html = mail.parsed.html
        isAutomatic = mail.isAutomatic
        hasRemoteImages = mail.parsed.hasRemoteImages
        wrappers = mail.parsed.wrappers.map(\.rawValue).sorted()
        files = mail.files
        source = mail.source
        searchText = mail.searchText
    }
}

extension NewMessage {
    /// What stands in the place of a text that a wrapper hides; nil where nothing is hidden.
    private static func wrapperText(_ mail: ParsedMail) -> String? {
        if mail.wrappers.contains(.encrypted) {
            return "This mail is encrypted. What it says is in the attachment, for those who have its key."
        }
        if mail.wrappers.contains(.signed) {
            return "This mail is signed, and its text lies inside the attached signature."
        }
        if mail.wrappers.contains(.winmail) {
            return "This mail is wrapped by Outlook: its text and files are in winmail.dat."
        }
        return nil
    }
}

extension NewTicket {
    /// Marks what a filter called unwanted: it is kept, and not answered.
    static let spamTag = "spam"

    init(_ mail: IncomingMail, message: NewMessage, mailbox: Mailbox?) {
        self.init(
            subject: mail.subject, channel: .email, tags: mail.parsed.isSpam ? [Self.spamTag] : [],
            teamID: mailbox?.teamID ?? 0,
            language: mail.language, mailboxID: mailbox?.id ?? 0, isAutomatic: message.isAutomatic,
            isQuarantined: mail.parsed.quarantine != nil, replyToken: RandomToken.make(),
            searchSubject: mail.searchSubject, message: message)
    }
}
