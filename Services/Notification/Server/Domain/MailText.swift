import Model

/// The words that Firstline puts into facts, in the languages that it speaks.
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

    /// What stands above a quoted message.
    func quoteIntro(author: String, date: String) -> String {
        switch language {
        case .english: "On \(date), \(author) wrote:"
        case .russian: "\(date), \(author) написал(а):"
        case .greek: "Στις \(date), \(author) έγραψε:"
        case .polish: "W dniu \(date) \(author) pisze:"
        }
    }

    /// Which files of a reply it does not carry.
    func leftOut(_ names: String) -> String {
        switch language {
        case .english: "Too large to be sent by mail: \(names)"
        case .russian: "Слишком велики для отправки почтой: \(names)"
        case .greek: "Πολύ μεγάλα για αποστολή με email: \(names)"
        case .polish: "Zbyt duże, by wysłać je pocztą: \(names)"
        }
    }

    /// What an SLA timer measures.
    func metric(_ name: String) -> String {
        switch (language, name) {
        case (.english, "first_response"): "first response"
        case (.english, "next_response"): "next response"
        case (.english, "resolution"): "resolution"
        case (.russian, "first_response"): "первый ответ"
        case (.russian, "next_response"): "следующий ответ"
        case (.russian, "resolution"): "решение"
        case (.greek, "first_response"): "πρώτη απάντηση"
        case (.greek, "next_response"): "επόμενη απάντηση"
        case (.greek, "resolution"): "επίλυση"
        case (.polish, "first_response"): "pierwsza odpowiedź"
        case (.polish, "next_response"): "następna odpowiedź"
        case (.polish, "resolution"): "rozwiązanie"
        default: name.replacing("_", with: " ")
        }
    }

    /// A reply's subject: "Re: " once.
    static func replySubject(_ subject: String) -> String {
        subject.lowercased().hasPrefix("re:") ? subject : "Re: \(subject)"
    }
}
