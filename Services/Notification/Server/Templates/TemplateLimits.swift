import Model

/// How much a template may be, so that neither reading nor filling one can take the service down.
enum TemplateLimits {
    /// Sections within sections; mustache reads them by recursion.
    static let deepestNesting = 16
    /// In a subject, a text or an HTML body.
    static let mostTags = 200
    /// Those of tags and others: at each, mustache counts the characters that are left.
    static let mostBraces = 1_000
    /// Of subject, text and HTML body together, once they are filled.
    static let mostRenderedBytes = 16 * 1024 * 1024

    /// Whether what a template makes of these facts is within the limits; known before it is filled.
    static func allow(_ template: MailTemplate, _ facts: TemplateFacts) -> Bool {
        let parts = [(template.subject, false), (template.text, false), (template.html, true)]
        var left = mostRenderedBytes
        for (source, isHTML) in parts {
            let syntax = TemplateSyntax(source)
            guard syntax.faults.isEmpty else { return false }
            left -= source.utf8.count
            left -= bytes(of: syntax.names, facts, isEscaped: isHTML)
            left -= bytes(of: syntax.unescaped, facts, isEscaped: false)
        }
        return left >= 0
    }

    /// What tags put in, if all their sections are shown. Each is filled once at most, for no fact is a list.
    private static func bytes(of names: [String], _ facts: TemplateFacts, isEscaped: Bool) -> Int {
        Dictionary(grouping: names) { $0 }.reduce(0) { sum, tags in
            let value = facts[tags.key]
            return sum + tags.value.count * (isEscaped ? HTMLEscaping.mostBytes(value) : value.utf8.count)
        }
    }
}
