/// Plain text as HTML.
enum HTMLText {
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// How many bytes a text has at most once it is escaped.
    static func escapedBytes(_ text: String) -> Int {
        text.utf8.reduce(0) { sum, byte in
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"): sum + 4
            case UInt8(ascii: "&"), UInt8(ascii: "'"): sum + 5
            case UInt8(ascii: "\""): sum + 6
            default: sum + 1
            }
        }
    }

    /// Paragraphs where blank lines part them, line breaks elsewhere.
    /// - Parameter escape: false where the text is a template, whose tags escape what they put in.
    static func paragraphs(_ text: String, escape: Bool = true) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.split { $0.allSatisfy(\.isWhitespace) }.map { lines in
            let content = lines.map { escape ? escaped($0) : String($0) }.joined(separator: "<br>\n")
            return "<p>\(content)</p>\n"
        }.joined()
    }
}
