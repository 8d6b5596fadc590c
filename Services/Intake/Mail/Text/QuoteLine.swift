/// A line of a body and the part that it plays there.
struct QuoteLine {
    enum Role { case text, quoted, attribution, unquotedAttribution }

    /// A quoted line shorter than this was not wrapped by a mail program.
    static let wrapColumn = 60

    let text: Substring
    let isBlank: Bool
    let endsInColon: Bool
    var role: Role

    init(_ text: Substring) {
        self.text = text
        let trimmed = text.utf8.drop { $0 == 32 || $0 == 9 }
        // Marks of the reading direction stand behind the colon in Hebrew and Arabic.
        let shown = text.unicodeScalars.last(where: {
            !$0.properties.isDefaultIgnorableCodePoint && $0 != " " && $0 != "\t"
        })
        let last = trimmed.last { $0 != 32 && $0 != 9 }
        isBlank = last == nil || trimmed.elementsEqual([0xC2, 0xA0])
        endsInColon = shown == ":" || shown == "："
        role = trimmed.first == UInt8(ascii: ">") ? .quoted : .text
    }

    var isQuoted: Bool { role == .quoted }

    /// Quoted text or the line that introduces it.
    var isHistory: Bool { role != .text }

    /// The end of a wrapped attribution: the bracket of its address and the colon.
    var isTornColon: Bool { text.filter { $0 != " " } == ">:" }

    /// The bracket behind an address, as old programs end an attribution.
    var endsInAddress: Bool { text.utf8.last == UInt8(ascii: ">") && text.utf8.contains(UInt8(ascii: "@")) }

    /// What stands below is not the rest of it.
    var endsSentence: Bool { text.last { $0 != " " }.map { ".!?:".contains($0) } ?? false }

    var hasDigitOrAt: Bool { text.utf8.contains { (48...57).contains($0) || $0 == UInt8(ascii: "@") } }

    /// With a colon near its start.
    var mayBeHeader: Bool {
        !isBlank && text.utf8.prefix(64).contains { $0 == UInt8(ascii: ":") || $0 == 0xEF }
    }

    /// A line of underscores or hyphens alone.
    var isRule: Bool {
        var marks = 0
        for byte in text.utf8 where byte != 32 && byte != 9 {
            guard byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") else { return false }
            marks += 1
        }
        return marks >= 10
    }

    /// The long dash that phones make of two hyphens, or a line of them.
    private var isLongDashes: Bool {
        let dashes = text.unicodeScalars.filter { $0 != " " }
        return dashes.allSatisfy { "—―─━".unicodeScalars.contains($0) } && (dashes.count >= 3 || dashes.first == "—")
    }

    /// `--`, or a long rule: what follows may be a signature or a list's footer.
    var isSignatureRule: Bool {
        guard let first = text.utf8.first(where: { $0 != 32 }), [45, 95, 0xE2].contains(first) else { return false }
        let trimmed = text.utf8.filter { $0 != 32 }
        return trimmed.elementsEqual("--".utf8) || (isRule && trimmed.count >= 20) || isLongDashes
    }
}
