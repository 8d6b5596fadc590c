/// Which language a text is likely in, by its script and its commonest words: enough for a condition on `language`, no more.
enum LanguageGuess {
    /// BCP 47; empty when nothing speaks for one.
    static func language(of text: String) -> String {
        var latin = 0
        var cyrillic = 0
        var greek = 0
        var polish = 0
        for scalar in text.unicodeScalars.prefix(longestSample) {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A: latin += 1
            case 0x370...0x3FF: greek += 1
            case 0x400...0x4FF: cyrillic += 1
            case 0x100...0x17F, 0xF3:
                latin += 1
                if "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ".unicodeScalars.contains(scalar) { polish += 1 }
            default: break
            }
        }
        if greek > latin, greek > cyrillic { return "el" }
        if cyrillic > latin { return "ru" }
        guard latin >= shortestSample else { return "" }
        if polish > 1, polish * 50 > latin { return "pl" }
        var hits: [String: Int] = [:]
        for token in SearchTokens(text.prefix(longestSample)) {
            for (language, words) in commonWords where words.contains(token) { hits[language, default: 0] += 1 }
        }
        let ranked = hits.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
        guard let best = ranked.first else { return "" }
        if ranked.count > 1, ranked[1].value == best.value { return "" }
        return best.key
    }

    private static let longestSample = 2_000
    private static let shortestSample = 8

    /// Folded. No word stands with two languages.
    private static let commonWords: [String: Set<String>] = [
        "en": [
            "the", "and", "is", "my", "it", "you", "not", "have", "with", "for", "please", "to", "of", "hello", "this",
            "your",
        ],
        "pl": ["nie", "jest", "sie", "prosze", "dzien", "dobry", "czy", "jak", "mam", "witam", "dziekuje", "przez"],
        "de": ["der", "die", "und", "ist", "nicht", "ich", "das", "mit", "bitte", "ein", "guten", "habe"],
        "fr": ["le", "les", "est", "pas", "je", "vous", "bonjour", "merci", "une", "dans", "et", "pour"],
        "es": ["el", "los", "por", "hola", "gracias", "que", "una", "con", "mi", "es", "para", "puedo"],
    ]
}
