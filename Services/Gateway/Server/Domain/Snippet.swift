import Model

/// Text out of a search result, its matches between U+0002 and U+0003.
enum Snippet {
    /// As HTML: everything escaped, matches in `<mark>`.
    static func html(_ text: String) -> String {
        var html = ""
        var rest = text[...]
        while let mark = rest.firstIndex(where: { $0 == "\u{2}" || $0 == "\u{3}" }) {
            html += HTMLEscaping.escaped(rest[..<mark])
            html += rest[mark] == "\u{2}" ? "<mark>" : "</mark>"
            rest = rest[rest.index(after: mark)...]
        }
        return html + HTMLEscaping.escaped(rest)
    }
}
