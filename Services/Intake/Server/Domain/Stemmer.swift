import CStemmer
import Model

/// Brings a folded word to its stem, by the script it is written in: Latin as English, Cyrillic as Russian, Greek as Greek; other words
/// stay as they are. The same word always has the same stem, in what is indexed and in what is asked. Not to be shared between threads.
final class Stemmer {
    /// By the place of the script.
    private var stemmers: [OpaquePointer?] = Array(repeating: nil, count: Script.allCases.count)
    /// Short words that came before, each at its place, with their stems: a text says the same words again and again.
    private var known: [(word: ShortWord, stem: ShortWord)?] = Array(repeating: nil, count: Stemmer.knownWords)

    /// A power of two.
    private static let knownWords = 256

    private enum Script: Int, CaseIterable {
        case latin, cyrillic, greek

        /// As libstemmer names it.
        var algorithm: String {
            switch self {
            case .latin: "english"
            case .cyrillic: "russian"
            case .greek: "greek"
            }
        }
    }

    deinit {
        for case .some(let stemmer) in stemmers { sb_stemmer_delete(stemmer) }
    }

    func stem(_ word: String) -> String {
        let bytes = Array(word.utf8)
        return withStem(of: bytes) { String(decoding: $0, as: UTF8.self) }
    }

    /// Folded words of the text, each brought to its stem, apart by spaces; reads no more than `limitBytes` of it.
    func indexed(_ text: String, limitBytes: Int) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(min(text.utf8.count, limitBytes) + SearchTokens.longestToken)
        var tokens = SearchTokens(text.prefix(utf8Bytes: limitBytes))
        var token: [UInt8] = []
        while result.count <= limitBytes, tokens.next(&token) {
            if !result.isEmpty { result.append(UInt8(ascii: " ")) }
            appendStem(of: token, to: &result)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func appendStem(of word: [UInt8], to result: inout [UInt8]) {
        guard let short = ShortWord(word) else { return withStem(of: word) { result.append(contentsOf: $0) } }
        let place = short.place(below: Self.knownWords)
        if let known = known[place], known.word == short { return known.stem.append(to: &result) }
        withStem(of: word) { stem in
            result.append(contentsOf: stem)
            if let stem = ShortWord(stem) { known[place] = (short, stem) }
        }
    }

    /// The stem is valid for `body` alone.
    private func withStem<R>(of word: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        word.withUnsafeBufferPointer { bytes in
            guard let script = script(of: word), let stemmer = stemmer(for: script), let base = bytes.baseAddress,
                let stem = sb_stemmer_stem(stemmer, base, Int32(bytes.count))
            else { return body(bytes) }
            return body(UnsafeBufferPointer(start: stem, count: Int(sb_stemmer_length(stemmer))))
        }
    }

    private func script(of word: [UInt8]) -> Script? {
        var place = 0
        while place < word.count {
            let (scalar, next) = UTF8Bytes.scalar(in: word, at: place)
            place = next
            if scalar.isASCII ? (0x61...0x7A).contains(scalar.value) : scalar.properties.isAlphabetic {
                switch scalar.value {
                case 0x41...0x24F: return .latin
                case 0x370...0x3FF: return .greek
                case 0x400...0x52F: return .cyrillic
                default: return nil
                }
            }
        }
        return nil
    }

    private func stemmer(for script: Script) -> OpaquePointer? {
        if let known = stemmers[script.rawValue] { return known }
        let made = sb_stemmer_new(script.algorithm, "UTF_8")
        stemmers[script.rawValue] = made
        return made
    }
}
