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
        let last = trimmed.last { $0 != 32 && $0 != 9 }
        isBlank = last == nil || trimmed.elementsEqual([0xC2, 0xA0])
        endsInColon = last == UInt8(ascii: ":") || text.utf8.suffix(3).elementsEqual("：".utf8)
        role = trimmed.first == UInt8(ascii: ">") ? .quoted : .text
    }

    var isQuoted: Bool { role == .quoted }

    /// Quoted text or the line that introduces it.
    var isHistory: Bool { role != .text }

    /// The end of a wrapped attribution: the bracket of its address and the colon.
    var isTornColon: Bool { text.filter { $0 != " " } == ">:" }

    var hasDigitOrAt: Bool { text.utf8.contains { (48...57).contains($0) || $0 == UInt8(ascii: "@") } }

    /// Short enough and with a colon near its start.
    var mayBeHeader: Bool {
        !isBlank && text.utf8.count < 2_000 && (text.prefix(32).contains(":") || text.prefix(16).contains("："))
    }

    /// A line of underscores or hyphens alone.
    var isRule: Bool {
        let marks = text.utf8.filter { $0 != 32 && $0 != 9 }
        return marks.count >= 10 && marks.allSatisfy { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    /// `--`, or a long rule: what follows may be a signature or a list's footer.
    var isSignatureRule: Bool {
        let trimmed = text.utf8.filter { $0 != 32 }
        return trimmed.elementsEqual("--".utf8) || text == "—" || (isRule && trimmed.count >= 20)
    }
}
