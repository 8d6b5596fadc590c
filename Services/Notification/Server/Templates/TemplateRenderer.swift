import Model
import Mustache

/// Fills templates. What people wrote is put in as it is, and never read as a template.
enum TemplateRenderer {
    struct Rendered: Sendable, Hashable {
        /// One line.
        var subject: String
        var text: String
        /// Empty for none.
        var html: String
    }

    private static let longestSubjectCharacters = 300

    /// Throws what Mustache throws of a template that does not compile.
    static func render(_ template: MailTemplate, _ facts: TemplateFacts) throws -> Rendered {
        let nested = facts.nested
        func text(_ source: String) throws -> String {
            try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT }}" + source).render(nested)
        }
        return Rendered(
            subject: oneLine(try text(template.subject)), text: try text(template.text),
            html: template.html.isEmpty ? "" : try MustacheTemplate(string: template.html).render(nested))
    }

    /// No line ends or other controls, each run of white space one space.
    static func oneLine(_ text: String) -> String {
        let clean = String.UnicodeScalarView(
            text.unicodeScalars.map {
                $0.value < 0x20 || (0x7f...0x9f).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029
                    ? " " : $0
            })
        return String(
            String(clean).split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
                .prefix(longestSubjectCharacters))
    }
}
