/// How mail programs introduce what they quote, in the languages that we meet.
enum QuotePhrases {
    enum Label { case from, date, to, subject }

    /// Whether a line is a separator such as `-----Original Message-----`, or Zoho's `---- On Tue, 5 Nov 2024 Ann wrote ----`.
    static func isSeparator(_ line: Substring) -> Bool {
        guard let title = title(of: line) else { return false }
        if separators.contains(title) { return true }
        guard line.last(where: { $0 != " " }) == "-", let verb = verbs.first(where: title.contains) else {
            return false
        }
        return isDated(title) || title.hasSuffix(verb)
    }

    /// Whether a line says that a passed-on message follows.
    static func isForwardMark(_ line: Substring) -> Bool {
        if appleMarkBytes.contains(line.utf8.count), line.last == ":" {
            let words = PlainText.line(line.map { $0 == "\u{A0}" ? " " : String($0) }.joined()).lowercased()
            if appleForwardMarks.contains(words) { return true }
        }
        guard let title = title(of: line) else { return false }
        return forwardMarks.contains(title) || notesForwardMarks.contains { title.hasPrefix($0) }
    }

    /// Notes says who passed it on, and when.
    private static let notesForwardMarks = [
        "forwarded by ", "weitergeleitet von ", "transféré par ", "reenviado por ", "przesłane przez ", "переслано ",
    ]

    /// What Apple's marks have in bytes, with room for blanks.
    private static let appleMarkBytes = 20..<120

    private static let appleForwardMarks: Set<String> = [
        "begin forwarded message:", "anfang der weitergeleiteten nachricht:", "début du message réexpédié :",
        "début du message transféré :", "inicio del mensaje reenviado:", "inizio messaggio inoltrato:",
        "начало переадресованного сообщения:", "początek przekazywanej wiadomości:",
        "początek przekazanej wiadomości:", "αρχή προωθημένου μηνύματος:", "início da mensagem reencaminhada:",
        "begin doorgestuurd bericht:",
    ]

    /// Whether a line is GroupWise's `>>> Name <address> date >>>`.
    static func isGroupWiseMark(_ line: Substring) -> Bool {
        guard line.hasPrefix(">>> "), line.utf8.count < 300 else { return false }
        let trimmed = line.reversed().drop { $0 == " " || $0 == "\r" }
        return trimmed.starts(with: ">>>") && trimmed.count > 8 && line.utf8.contains { (48...57).contains($0) }
    }

    /// What stands between the hyphens of a line like `---- Title ----`, in lower case.
    private static func title(of line: Substring) -> String? {
        guard line.utf8.count < 120, let first = line.utf8.first(where: { $0 != 32 && $0 != 9 }),
            "-_*=#".utf8.contains(first)
        else { return nil }
        let marks: Set<Character> = ["-", "_", "*", " ", "\t", "=", "#", "\u{A0}"]
        var core = line.drop { marks.contains($0) }
        guard line.prefix(upTo: core.startIndex).count(where: { $0 == "-" || $0 == "_" || $0 == "#" }) >= 2 else {
            return nil
        }
        while let last = core.last, marks.contains(last) { core.removeLast() }
        return core.lowercased()
    }

    private static let forwardMarks: Set<String> = [
        "forwarded message", "weitergeleitete nachricht", "message transféré", "mensaje reenviado",
        "mensagem encaminhada", "messaggio inoltrato", "doorgestuurd bericht", "пересылаемое сообщение",
        "пересланное сообщение", "przekazana wiadomość", "wiadomość przekazana dalej", "προωθημένο μήνυμα",
        "vidarebefordrat meddelande", "videresendt melding", "转发邮件",
    ]

    private static let separators: Set<String> = [
        "original message", "original-nachricht", "ursprüngliche nachricht", "originalnachricht", "message d'origine",
        "message d’origine", "message original", "message initial", "mensaje original", "mensagem original",
        "messaggio originale", "oorspronkelijk bericht", "исходное сообщение", "оригинальное сообщение",
        "первоначальное сообщение", "oryginalna wiadomość", "wiadomość oryginalna", "wiadomość pierwotna",
        "αρχικό μήνυμα", "πρωτότυπο μήνυμα", "ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding",
        "mail original", "e-mail original", "original email", "original", "original mail",
        "please type your reply above this line",
        "please reply above this line", "bitte antworten sie oberhalb dieser zeile", "alkuperäinen viesti",
        "původní zpráva", "eredeti üzenet", "reply above this line", "原始邮件", "元のメッセージ",
        "reply message", "antwort nachricht", "original appointment",
    ]

    /// The header field that a line of an Outlook block names; nil for another line.
    static func label(_ line: Substring) -> Label? {
        let start = String(line.unicodeScalars.prefix(32))
        guard let colon = start.firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        let name = start[..<colon].filter { $0 != "*" && $0 != "_" }.lowercased()
        return labels[PlainText.line(name.replacing("\u{A0}", with: " "))]
    }

    private static let labels: [String: Label] = {
        let words: [(Label, String)] = [
            (.from, "from|von|de|da|van|fra|från|od|от|от кого|отправитель|από|lähettäjä|feladó|发件人|寄件者|差出人|보낸 사람"),
            (.date, "sent|date|gesendet|datum|envoyé|envoyé le|enviado|enviado el|enviado em|fecha|data|inviato"),
            (.date, "verzonden|sendt|dato|skickat|wysłano|wysłane|отправлено|дата|στάλθηκε|εστάλη|ημερομηνία"),
            (.from, "de la|від|kimden|šalje|nuo|מאת|من"),
            (.date, "odesláno|odoslané|trimis|изпратено|надіслано|відправлено|gönderildi|gönderme tarihi|tarih|寄件日期"),
            (.date, "poslano|išsiųsta|saatmisaeg|נשלח|تم الإرسال|التاريخ"),
            (.to, "komu|către|до|kime|收件者|prima|kam|אל|إلى"),
            (.subject, "předmět|predmet|subiect|относно|konu|主旨|נושא|الموضوع"),
            (.date, "lähetetty|elküldve|发送时间|日期|送信日時|보낸 날짜"),
            (.to, "to|an|à|para|a|aan|til|till|do|кому|προς|vastaanottaja|címzett|收件人|宛先|받는 사람"),
            (
                .subject,
                "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|temat|тема|θέμα|aihe|tárgy|主题|件名|제목"
            ),
        ]
        var labels: [String: Label] = [:]
        for (label, names) in words {
            for name in names.split(separator: "|") { labels[String(name)] = label }
        }
        return labels
    }()

    /// Whether joined lines say that somebody wrote something at some time. Above a quote, an address and figures say so in any language.
    static func isAttribution(_ text: String, aboveQuote: Bool) -> Bool {
        if aboveQuote, text.utf8.contains(UInt8(ascii: "@")), text.utf8.count(where: { (48...57).contains($0) }) >= 3 {
            return true
        }
        if aboveQuote, hasYearAndTime(text) { return true }
        guard text.utf8.contains(where: { (48...57).contains($0) || $0 == UInt8(ascii: "@") }) else {
            return aboveQuote && isShortAttribution(text)
        }
        // Gmail in several languages: a date, a name, an address, a colon.
        if text.hasSuffix(">:"), text.contains("<"), text.contains("@"), opensAttribution(text[...]) { return true }
        return verbSearch.finds(in: text.lowercased())
    }

    /// Whether it is a name and “wrote:” alone.
    static func isShortAttribution(_ text: String) -> Bool {
        guard text.utf8.count <= 80, text.split(separator: " ").count <= 6 else { return false }
        let lower = text.lowercased()
        return verbs.contains { lower.hasSuffix($0.hasSuffix(":") ? $0 : $0 + ":") }
    }

    /// Whether there are a year in four figures and a time of day.
    static func hasYearAndTime(_ text: String) -> Bool {
        var hasYear = false
        var hasTime = false
        var figures = 0
        var figuresBeforeColon = 0
        for byte in text.utf8 {
            if (48...57).contains(byte) {
                figures += 1
                if figures == 2, (1...2).contains(figuresBeforeColon) { hasTime = true }
            } else {
                if figures == 4 { hasYear = true }
                figuresBeforeColon = byte == UInt8(ascii: ":") ? figures : 0
                figures = 0
            }
        }
        return hasTime && (hasYear || figures == 4)
    }

    private static let verbSearch = PhraseSearch(verbs)

    private static let verbs = [
        " wrote", " a wrote", " schrieb", " a écrit", " escribió", " ha scritto", " scrisse", " schreef", " skrev",
        " escreveu", " пишет", " писал", " написал", " написав", " пише", " napisał", " napisała", " pisze",
        " έγραψε", " kirjoitti", " yazdı", " írta", " napsal", " a scris", " написа", " geschreven", " đã viết", "写道",
        "wrote:", "寫道", "のメッセージ",
    ]

    /// Whether there is an address, a year or a date in figures (5/11).
    static func isDated(_ text: String) -> Bool {
        var figures = 0
        var isJoined = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "@") { return true }
            if (48...57).contains(byte) {
                figures += 1
                if figures >= 4 || isJoined { return true }
            } else {
                isJoined = figures > 0 && "./-".utf8.contains(byte)
                figures = 0
            }
        }
        return false
    }

    /// Whether a line begins the way an attribution does.
    static func opensAttribution(_ line: Substring) -> Bool {
        let start = line.drop { $0 == " " || $0 == "-" || $0 == "\t" }
        let lower = start.prefix(12).lowercased()
        if openers.contains(where: { lower.hasPrefix($0) }) { return true }
        // 2024-05-01 …, 12.05.2024 …: a date opens it.
        let digits = start.prefix { $0.isNumber }
        guard (1...4).contains(digits.count) else { return false }
        let next = start.dropFirst(digits.count).first
        return next == "-" || next == "." || next == "/" || next == " "
    }

    private static let openers = [
        "on ", "am ", "le ", "el ", "il ", "op ", "em ", "den ", "på ", "w dniu", "dnia ", "dne ", "στις ", "στην ",
        "το ", "в ", "во ", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
        "pon", "wt", "śr", "czw", "pt", "tir", "man", "ons", "tor", "fre", "lør", "søn", "في ", "vào ",
    ]

    /// Whether a line only tells which device or program sent the mail.
    static func isDeviceLine(_ line: Substring) -> Bool {
        guard line.utf8.count <= 160, let last = line.last, last != ",", last != ":" else { return false }
        let lower = line.drop { $0 == " " }.lowercased()
        if advertisements.contains(where: { lower.hasPrefix($0) }) { return true }
        if lower.contains("outlook"), lower.contains("ios") || lower.contains("android"), lower.contains("<http") {
            return true
        }
        guard last != ".", line.utf8.count <= 120 else { return false }
        guard lower.split(separator: " ").count <= 10 else { return false }
        return devices.contains { lower.hasPrefix($0) }
    }

    /// What programs put below in a whole sentence.
    private static let advertisements = [
        "sent with proton", "sent with [proton", "gesendet mit proton", "envoyé avec proton", "enviado con proton",
        "von meinem samsung", "von meinem galaxy", "diese nachricht wurde von meinem android", "yahoo mail: ",
    ]

    private static let devices = [
        "sent from ", "sent via blackberry", "sent via my ", "sent via mobile", "скачать outlook", "получить outlook",
        "outlook für ", "holen sie sich outlook",
        "obtenez outlook", "λήψη του outlook", "κατεβάστε το outlook", "pobierz aplikację outlook",
        "wysłano przy użyciu ", "get outlook for", "von meinem ", "gesendet von ", "gesendet mit ", "envoyé de mon",
        "envoyé depuis", "envoyé à partir", "télécharger outlook", "enviado desde ", "enviado de ", "enviado do ",
        "obtener outlook", "отправлено с ", "отправлено из ", "послано с ", "wysłane z ", "wysłano z ",
        "pobierz outlook",
        "στάλθηκε από ", "εστάλη από ", "inviato da ", "verstuurd vanaf ", "verzonden vanaf ", "skickat från ",
        "sendt fra ", "lähetetty ",
    ]
}
