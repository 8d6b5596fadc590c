import CGMime

/// Looks for any of some phrases in one pass over a text. The library's own search takes a pass for each and goes by characters, some hundred
/// times as long, and what is looked through is up to a megabyte of a stranger's.
struct PhraseSearch {
    /// By their second byte, for most begin with a blank.
    private let phrases: [[[UInt8]]]

    init(_ phrases: [String]) {
        var table = [[[UInt8]]](repeating: [], count: 256)
        for form in Set(phrases.flatMap(Self.forms)) where form.count > 1 { table[Int(form[1])].append(form) }
        self.phrases = table
    }

    func finds(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            for second in bytes.indices.dropFirst() {
                let candidates = phrases[Int(bytes[second])]
                if !candidates.isEmpty, candidates.contains(where: { bytes[(second - 1)...].starts(with: $0) }) {
                    return true
                }
            }
            return false
        }
    }

    /// Accented letters may be written as one character or as two.
    private static func forms(of phrase: String) -> [[UInt8]] {
        [G_NORMALIZE_NFC, G_NORMALIZE_NFD].compactMap { form in
            guard let normalized = g_utf8_normalize(phrase, -1, form) else { return nil }
            defer { g_free(normalized) }
            return Array(String(cString: normalized).utf8)
        }
    }
}
