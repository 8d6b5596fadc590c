import Model

/// Plain text as HTML.
enum HTMLText {
    /// Paragraphs where blank lines part them, line breaks elsewhere.
    /// - Parameter escape: false where the text is a template, whose tags escape what they put in.
    static func paragraphs(_ text: String, escape: Bool = true) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.split { $0.allSatisfy(\.isWhitespace) }.map { lines in
            let content = lines.map { escape ? HTMLEscaping.escaped($0) : String($0) }.joined(separator: "<br>\n")
            return "<p>\(content)</p>\n"
        }.joined()
    }

    /// Its lines, with breaks between them.
    static func lines(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { HTMLEscaping.escaped($0) }.joined(separator: "<br>\n")
    }
}
