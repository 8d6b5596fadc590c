/// A short piece of a text around the first match, with matches between U+0002 and U+0003.
struct SearchSnippet {
    private let stems: Set<String>
    private let prefixes: [String]
    private let stemmer: Stemmer

    static let opening: Unicode.Scalar = "\u{2}"
    static let closing: Unicode.Scalar = "\u{3}"
    private static let lengthScalars = 160
    private static let leadScalars = 40
    /// Only so much of a long text is looked through.
    private static let longestSample = 20_000

    init(_ terms: [SearchQuery.Term], stemmer: Stemmer) {
        let tokens = terms.filter { !$0.isExcluded }.flatMap(\.tokens)
        self.stemmer = stemmer
        stems = Set(tokens.map(stemmer.stem))
        prefixes = tokens.filter { $0.utf8.count >= 3 }
    }

    /// Nil when nothing in the text matches.
    func snippet(of text: String) -> String? {
        let scalars = Array(text.unicodeScalars.prefix(Self.longestSample)).map { Self.isPlain($0) ? $0 : " " }
        let matches = matches(in: scalars)
        guard let first = matches.first else { return nil }
        let start = max(0, first.lowerBound - Self.leadScalars)
        let end = min(scalars.count, start + Self.lengthScalars)
        var result = String.UnicodeScalarView()
        if start > 0 { result.append("…") }
        var position = start
        for match in matches where match.upperBound <= end {
            result.append(contentsOf: scalars[position..<match.lowerBound])
            result.append(Self.opening)
            result.append(contentsOf: scalars[match])
            result.append(Self.closing)
            position = match.upperBound
        }
        result.append(contentsOf: scalars[position..<end])
        if end < scalars.count { result.append("…") }
        return String(result)
    }

    /// The beginning of the text, when nothing in it matches.
    func opening(of text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.prefix(Self.lengthScalars).map { Self.isPlain($0) ? $0 : " " })
        )
    }

    private func matches(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        while position < scalars.count {
            guard Self.isWord(scalars[position]) else {
                position += 1
                continue
            }
            var end = position + 1
            if !scalars[position].properties.isIdeographic {
                while end < scalars.count, Self.isWord(scalars[end]), !scalars[end].properties.isIdeographic {
                    end += 1
                }
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[position..<end])
            let word = TextFolding.folded(String(view))
            if stems.contains(stemmer.stem(word)) || prefixes.contains(where: word.hasPrefix) {
                found.append(position..<end)
            }
            position = end
        }
        return found
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .control
    }
}
