import Model

/// Which language a text is likely in, by its script and its commonest words: enough for a condition on `language`, no more.
enum LanguageGuess {
    /// BCP 47; empty when nothing speaks for one.
    static func language(of text: String) -> String {
        var latin = 0
        var cyrillic = 0
        var greek = 0
        var polish = 0
        var tokens = SearchTokens(text.prefix(utf8Bytes: longestSampleBytes))
        var place = 0
        while place < tokens.bytes.count {
            let (scalar, next) = UTF8Bytes.scalar(in: tokens.bytes, at: place)
            place = next
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A: latin += 1
            case 0..<0x80: break
            case 0x370...0x3FF: greek += 1
            case 0x400...0x4FF: cyrillic += 1
            case 0x100...0x17F, 0xF3:
                latin += 1
                if polishLetters.contains(scalar) { polish += 1 }
            default: break
            }
        }
        if greek > latin, greek > cyrillic { return "el" }
        if cyrillic > latin { return "ru" }
        guard latin >= shortestSample else { return "" }
        if polish > 1, polish * 50 > latin { return "pl" }
        var hits = Array(repeating: 0, count: languages.count)
        var token: [UInt8] = []
        while tokens.next(&token) {
            guard let word = ShortWord(token), let language = language(of: word) else { continue }
            hits[language] += 1
        }
        let best = hits.indices.max { hits[$0] < hits[$1] } ?? 0
        // Two that lead together speak for neither.
        return hits[best] > 0 && hits.count(where: { $0 == hits[best] }) == 1 ? languages[best] : ""
    }

    private static let polishLetters: Set<Unicode.Scalar> = Set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ".unicodeScalars)
    private static let longestSampleBytes = 2_000
    private static let shortestSample = 8

    private static let languages = ["en", "pl", "de", "fr", "es"]

    /// The place of the language of which it is one of the commonest words.
    private static func language(of word: ShortWord) -> Int? {
        var place = word.place(below: commonWordPlaces)
        while let known = commonWords[place] {
            if known.word == word { return known.language }
            place = (place + 1) % commonWordPlaces
        }
        return nil
    }

    /// A power of two, several times as many as there are words.
    private static let commonWordPlaces = 512

    /// Folded, each at its place or the next free one, and the place of the language. No word stands with two languages.
    private static let commonWords: [(word: ShortWord, language: Int)?] = {
        let words = [
            "the and is my it you not have with for please to of hello this your",
            "nie jest sie prosze dzien dobry czy jak mam witam dziekuje przez",
            "der die und ist nicht ich das mit bitte ein guten habe",
            "le les est pas je vous bonjour merci une dans et pour",
            "el los por hola gracias que una con mi es para puedo",
        ]
        var table: [(word: ShortWord, language: Int)?] = Array(repeating: nil, count: commonWordPlaces)
        for (language, words) in words.enumerated() {
            for word in words.split(separator: " ") {
                guard let short = ShortWord(word.utf8) else { preconditionFailure("\(word) is no short word") }
                var place = short.place(below: commonWordPlaces)
                while table[place] != nil { place = (place + 1) % commonWordPlaces }
                table[place] = (short, language)
            }
        }
        return table
    }()
}
