/// The subjects of absence notes that carry no mark, as mail programs write them in the languages that we meet.
enum AbsenceSubject {
    /// An answer to such a note begins otherwise (`Re:`), and is a person's.
    static func isOne(_ subject: String) -> Bool {
        let start = PlainText.line(String(subject.prefix(80)).replacing("\u{A0}", with: " ")).lowercased()
        return prefixes.contains { start.hasPrefix($0) }
    }

    private static let prefixes = [
        "automatic reply:", "auto reply:", "autoreply:", "auto-reply:", "auto response:", "out of office:",
        "out of office reply:", "out of the office:", "out of office autoreply:", "automatische antwort:",
        "abwesenheitsnotiz:", "abwesenheit:", "abwesend:", "réponse automatique :", "réponse automatique:",
        "absence du bureau :", "absence du bureau:", "respuesta automática:", "fuera de la oficina:",
        "автоматический ответ:", "автоответ:", "автоответчик:", "odpowiedź automatyczna:", "automatyczna odpowiedź:",
        "autoodpowiedź:", "poza biurem:", "αυτόματη απάντηση:", "εκτός γραφείου:", "risposta automatica:",
        "fuori sede:", "automatisch antwoord:", "resposta automática:", "autosvar:", "automatiskt svar:",
        "automaattinen vastaus:", "automatická odpověď:", "自动回复:", "自動返信:", "자동 회신:",
    ]
}
