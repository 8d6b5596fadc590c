/// Words of a text, folded. Ideographs stand alone, so that a run of them is found by any part of it.
struct SearchTokens: Sequence, IteratorProtocol {
    /// A longer word is cut: nobody searches for its end.
    static let longestToken = 40

    private var scalars: Substring.UnicodeScalarView

    init(_ text: some StringProtocol) {
        scalars = Substring(text).unicodeScalars
    }

    mutating func next() -> String? {
        scalars = scalars.drop { !Self.isWordScalar($0) }
        guard let first = scalars.first else { return nil }
        if first.properties.isIdeographic {
            scalars.removeFirst()
            return String(first)
        }
        let word = scalars.prefix { Self.isWordScalar($0) && !$0.properties.isIdeographic }
        scalars.removeFirst(word.count)
        let folded = TextFolding.folded(Substring(word.prefix(Self.longestToken)))
        return folded.isEmpty ? next() : folded
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 {
            return (0x30...0x39).contains(scalar.value) || (0x41...0x5A).contains(scalar.value)
                || (0x61...0x7A).contains(scalar.value)
        }
        let properties = scalar.properties
        return properties.isAlphabetic || properties.numericType != nil || properties.generalCategory == .nonspacingMark
    }
}
