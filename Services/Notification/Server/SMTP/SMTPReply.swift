/// What a mail server answered last (RFC 5321, section 4.2; RFC 3463).
struct SMTPReply: Sendable, Hashable {
    /// Three digits; 0 when it said nothing.
    var code = 0
    /// As "5.1.1"; empty for none.
    var enhancedStatus = ""
    /// The last line, clean and cut, for the operator.
    var text = ""

    private static let longestText = 300

    /// From the bytes of the reply's last line; no reply where it is none.
    init(line: [UInt8] = []) {
        let clean = String(decoding: line.prefix(1_000), as: UTF8.self).unicodeScalars.map {
            $0.value < 0x20 || $0.value == 0x7f ? " " : Character($0)
        }
        let words = String(clean).split(separator: " ", omittingEmptySubsequences: true)
        guard let first = words.first, let code = Int(first.prefix(3)), (200...599).contains(code) else { return }
        self.code = code
        text = String(words.joined(separator: " ").prefix(Self.longestText))
        let rest = first.count > 4 ? [first.dropFirst(4)] + words.dropFirst() : Array(words.dropFirst())
        if let status = rest.first, Self.isEnhancedStatus(status) { enhancedStatus = String(status) }
    }

    private static func isEnhancedStatus(_ word: Substring) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && ["2", "4", "5"].contains(parts[0])
            && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isNumber) }
    }

    /// For the journal: the codes alone.
    var brief: String { enhancedStatus.isEmpty ? "\(code)" : "\(code) \(enhancedStatus)" }
}
