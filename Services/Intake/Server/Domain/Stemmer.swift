import CStemmer

/// Brings a folded word to its stem, by the script it is written in: Latin as English, Cyrillic as Russian, Greek as Greek; other words
/// stay as they are. The same word always has the same stem, in what is indexed and in what is asked. Not to be shared between threads.
final class Stemmer {
    private var stemmers: [Script: OpaquePointer] = [:]

    private enum Script: String {
        case latin = "english"
        case cyrillic = "russian"
        case greek = "greek"
    }

    deinit {
        for stemmer in stemmers.values { sb_stemmer_delete(stemmer) }
    }

    func stem(_ word: String) -> String {
        guard let script = script(of: word), let stemmer = stemmer(for: script) else { return word }
        var word = word
        return word.withUTF8 { bytes in
            guard let base = bytes.baseAddress, let stem = sb_stemmer_stem(stemmer, base, Int32(bytes.count)) else {
                return String(decoding: bytes, as: UTF8.self)
            }
            let length = Int(sb_stemmer_length(stemmer))
            return String(decoding: UnsafeBufferPointer(start: stem, count: length), as: UTF8.self)
        }
    }

    /// Folded words of the text, each brought to its stem, apart by spaces; reads no more than `limitBytes` of it.
    func indexed(_ text: String, limitBytes: Int) -> String {
        let part = text.utf8.count <= limitBytes ? text[...] : text.prefix(limitBytes)
        var result = ""
        for token in SearchTokens(part) {
            if !result.isEmpty { result += " " }
            result += stem(token)
            if result.utf8.count > limitBytes { break }
        }
        return result
    }

    private func script(of word: String) -> Script? {
        guard let first = word.unicodeScalars.first(where: { $0.properties.isAlphabetic }) else { return nil }
        switch first.value {
        case 0x41...0x24F: return .latin
        case 0x370...0x3FF: return .greek
        case 0x400...0x52F: return .cyrillic
        default: return nil
        }
    }

    private func stemmer(for script: Script) -> OpaquePointer? {
        if let known = stemmers[script] { return known }
        let made = sb_stemmer_new(script.rawValue, "UTF_8")
        stemmers[script] = made
        return made
    }
}
