import Model
import Mustache

/// What is wrong with a template, in words that name it.
enum TemplateCheck {
    static let languages = MailText.Language.allCases.map(\.rawValue)
    static let longestSubject = 500
    static let longestBody = 100_000

    static func violations(of template: MailTemplate) -> [Violation] {
        var violations: [Violation] = []
        func refuse(_ field: String, _ message: String) {
            violations.append(Violation(field: field, message: message))
        }
        if !TemplateFields.kinds.contains(template.kind) { refuse("kind", "must name a kind of mail") }
        if !languages.contains(template.language) {
            refuse("language", "must be one of \(languages.joined(separator: ", "))")
        }
        let names = TemplateFields.names(template.kind)
        let parts = [
            ("subject", template.subject, longestSubject, Set<String>()), ("text", template.text, longestBody, []),
            ("html", template.html, longestBody, TemplateFields.htmlNames(template.kind)),
        ]
        for (field, source, longest, html) in parts {
            if source.isEmpty && field != "html" { refuse(field, "must not be empty") }
            guard source.utf8.count <= longest else {
                refuse(field, "must have at most \(longest) bytes")
                continue
            }
            for fault in faults(of: source, names: names, html: html) { refuse(field, fault) }
        }
        return violations
    }

    private static func faults(of source: String, names: Set<String>, html: Set<String>) -> [String] {
        let syntax = TemplateSyntax(source)
        guard syntax.faults.isEmpty else { return syntax.faults }
        let unknown = Set(syntax.names + syntax.unescaped).subtracting(names).subtracting(html).sorted()
        guard unknown.isEmpty else {
            return [
                "names unknown fields: \(unknown.joined(separator: ", ")); there are \(names.union(html).sorted().joined(separator: ", "))"
            ]
        }
        let bare = Set(syntax.unescaped).subtracting(html).sorted()
        guard bare.isEmpty else { return ["must not put in without escaping: \(bare.joined(separator: ", "))"] }
        do {
            _ = try MustacheTemplate(string: source)
            return []
        } catch let error as MustacheTemplate.ParserError {
            return ["does not compile: line \(error.context.lineNumber): \(error.error)"]
        } catch {
            return ["does not compile: \(error)"]
        }
    }
}
