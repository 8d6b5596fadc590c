import Model

/// The words of Firstline's own mails, in the requester's language.
struct MailText: Sendable {
    let language: Language

    enum Language: String, Sendable, CaseIterable {
        case english = "en"
        case russian = "ru"
        case greek = "el"
        case polish = "pl"

        /// By a BCP 47 tag; English for any other.
        init(tag: String) {
            let primary = tag.split(separator: "-").first.map { $0.lowercased() } ?? ""
            self = Language(rawValue: primary) ?? .english
        }
    }

    func acknowledgement(ticketID: Int64, subject: String) -> String {
        switch language {
        case .english:
            """
            We have received your request “\(subject)” and opened ticket #\(ticketID) for it.
            A member of our team will answer you. To add something, just reply to this mail.
            """
        case .russian:
            """
            Мы получили ваш запрос «\(subject)» и открыли заявку № \(ticketID).
            Наш сотрудник ответит вам. Чтобы что-то добавить, просто ответьте на это письмо.
            """
        case .greek:
            """
            Λάβαμε το αίτημά σας «\(subject)» και ανοίξαμε το δελτίο #\(ticketID).
            Ένα μέλος της ομάδας μας θα σας απαντήσει. Για να προσθέσετε κάτι, απαντήστε σε αυτό το μήνυμα.
            """
        case .polish:
            """
            Otrzymaliśmy Twoje zgłoszenie „\(subject)” i nadaliśmy mu numer #\(ticketID).
            Odpowie Ci ktoś z naszego zespołu. Aby coś dodać, po prostu odpowiedz na tę wiadomość.
            """
        }
    }

    func acknowledgementSubject(ticketID: Int64, subject: String) -> String {
        "[#\(ticketID)] \(subject)"
    }

    func assignment(ticket: Ticket) -> String {
        """
        Ticket #\(ticket.id) is yours: \(ticket.subject)

        From: \(ticket.requester?.name ?? "") <\(ticket.requester?.email ?? "")>
        Priority: \(ticket.priority.name)
        """
    }

    func slaAlert(ticket: Ticket, metric: String, breached: Bool) -> String {
        let what = metric.replacing("_", with: " ")
        return breached
            ? "The \(what) time of ticket #\(ticket.id) has passed: \(ticket.subject)"
            : "The \(what) time of ticket #\(ticket.id) is nearly over: \(ticket.subject)"
    }

    /// A reply's subject: "Re: " once.
    static func replySubject(_ subject: String) -> String {
        subject.lowercased().hasPrefix("re:") ? subject : "Re: \(subject)"
    }
}
