import Model
import Testing

@testable import NotificationServer

@Suite("Templates of mails")
struct TemplateTests {
    private func template(
        _ kind: DeliveryKind = .reply, subject: String = "s", text: String = "t", html: String = ""
    ) -> MailTemplate {
        MailTemplate(kind: kind, language: "en", subject: subject, text: text, html: html)
    }

    @Test(
        "Each kind has an original in each language, which may be saved as it stands", arguments: OriginalTemplates.all)
    func originals(template: MailTemplate) throws {
        #expect(TemplateCheck.violations(of: template) == [])
        #expect(OriginalTemplates.find(template.id) == template)
        let rendered = try TemplateRenderer.render(template, TemplateSample.facts(template.kind, template.language))
        for part in [rendered.subject, rendered.text, rendered.html] {
            #expect(!part.isEmpty && !part.contains("{{") && !part.contains("}}"))
        }
        #expect(!rendered.html.contains("<3"))
    }

    @Test("Originals have ids of their own, below those of others")
    func ids() {
        let ids = OriginalTemplates.all.map(\.id)
        #expect(Set(ids).count == TemplateFields.kinds.count * 4)
        #expect(ids.allSatisfy { (1...OriginalTemplates.lastID).contains($0) })
    }

    @Test("A field that a kind does not have is refused by its name")
    func unknown() throws {
        let faulty = template(subject: "{{ticket.subject}} {{requester.email}}", text: "{{#secret}}x{{/secret}}")
        let violations = TemplateCheck.violations(of: faulty)
        #expect(violations.map(\.field) == ["subject", "text"])
        #expect(violations[0].message.contains("requester.email;"))
        #expect(violations[1].message.contains("secret;"))
    }

    @Test(
        "What does not compile, or would be more than facts, is refused",
        arguments: [
            "{{ticket.id", "{{#quote}}", "{{/quote}}", "{{#quote}}{{/ticket.id}}", "{{> other}}", "{{=<% %>=}}",
            "{{% CONTENT_TYPE:TEXT }}", "{{uppercased(ticket.subject)}}", "{{$block}}{{/block}}",
            "{{<parent}}{{/parent}}",
            "{{}}", "{{{ticket.subject}}}", "{{&ticket.subject}}", "{{*ticket.subject}}",
        ])
    func faulty(source: String) {
        #expect(TemplateCheck.violations(of: template(text: source)).map(\.field) == ["text"])
        #expect(TemplateCheck.violations(of: template(html: source)).map(\.field) == ["html"])
    }

    @Test("Only what was made safe goes into HTML as it is, and only there")
    func unescaped() {
        #expect(TemplateCheck.violations(of: template(html: "{{{message.html}}}{{{quote.html}}}")) == [])
        #expect(TemplateCheck.violations(of: template(text: "{{{message.html}}}")).count == 1)
        #expect(TemplateCheck.violations(of: template(.acknowledgement, html: "{{{message.html}}}")).count == 1)
    }

    @Test("What people wrote is never read as a template, and is escaped in HTML alone")
    func noEvaluation() throws {
        var facts = TemplateFacts()
        facts["ticket.subject"] = "{{ticket.id}} {{> x}} <b>&\"'"
        facts["ticket.id"] = "7"
        let rendered = try TemplateRenderer.render(
            template(subject: "{{ticket.subject}}", text: "{{ticket.subject}}", html: "<p>{{ticket.subject}}</p>"),
            facts)
        #expect(rendered.text == "{{ticket.id}} {{> x}} <b>&\"'")
        #expect(rendered.subject == rendered.text)
        #expect(rendered.html.hasPrefix("<p>{{ticket.id}} {{&gt; x}} &lt;b&gt;&amp;"))
    }

    @Test("A subject is one line, whatever its facts hold")
    func subjects() throws {
        var facts = TemplateFacts()
        facts["ticket.subject"] = "a\r\nBcc: x@example.org\u{2028}b\u{85}c\0d"
        let rendered = try TemplateRenderer.render(template(subject: "{{ticket.subject}}\n{{ticket.subject}}"), facts)
        #expect(!rendered.subject.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x85 || $0.value == 0x2028 })
        #expect(rendered.subject.hasPrefix("a Bcc: x@example.org b c d a Bcc"))
    }

    @Test("A fact that is missing leaves its section out")
    func sections() throws {
        let source = template(
            text: "{{#agent.name}}by {{agent.name}}{{/agent.name}}{{^agent.name}}by us{{/agent.name}}")
        var facts = TemplateFacts()
        #expect(try TemplateRenderer.render(source, facts).text == "by us")
        facts["agent.name"] = "Boris"
        #expect(try TemplateRenderer.render(source, facts).text == "by Boris")
    }
}

extension TemplateTests {
    private static let deepest = TemplateLimits.deepestNesting
    private static let most = TemplateLimits.mostTags

    private static func nested(_ depth: Int) -> String {
        String(repeating: "{{#quote}}", count: depth) + String(repeating: "{{/quote}}", count: depth)
    }

    @Test("Sections nest no deeper, and tags and braces are no more, than mustache can take")
    func withinLimits() {
        for source in [
            Self.nested(Self.deepest), String(repeating: "{{#quote}}{{/quote}}", count: Self.most / 2),
            String(repeating: "{ ", count: TemplateLimits.mostBraces),
        ] {
            #expect(TemplateCheck.violations(of: template(text: source, html: source)) == [])
        }
    }

    @Test(
        "What is beyond the limits is refused by the limit's name before mustache reads it",
        arguments: [
            (nested(deepest + 1), "\(deepest) deep"),
            (String(repeating: "{{^quote}}", count: deepest + 1), "\(deepest) deep"),
            (String(repeating: "{{! }}", count: most + 1), "\(most) tags"),
            (String(repeating: "{{#quote}}", count: 10_000), "opening braces"),
            (String(repeating: "{ ", count: 50_000), "opening braces"),
        ])
    func beyondLimits(source: String, named: String) throws {
        let violations = TemplateCheck.violations(of: template(text: source, html: source))
        #expect(violations.map(\.field) == ["text", "html"])
        #expect(violations.allSatisfy { $0.message.contains(named) })
    }

    @Test("What a template would make of its facts is known before it is filled, escaping among it")
    func renderedBytes() {
        var facts = TemplateFacts()
        let half = TemplateLimits.mostRenderedBytes / 2
        facts["message.text"] = String(repeating: "x", count: half - 100)
        #expect(TemplateLimits.allow(template(text: "{{message.text}}{{message.text}}"), facts))
        let thrice = template(text: "{{message.text}}", html: "{{message.text}}{{message.text}}")
        #expect(!TemplateLimits.allow(thrice, facts))
        facts["message.text"] = String(repeating: "\"", count: half - 100)
        #expect(TemplateLimits.allow(template(text: "{{message.text}}{{message.text}}"), facts))
        #expect(!TemplateLimits.allow(template(html: "{{message.text}}"), facts))
    }

    @Test("Escaping makes a text no longer than is reckoned", arguments: ["", "a<b>&\"'", "плюс", "\r\n</p>"])
    func escapedBytes(text: String) throws {
        var facts = TemplateFacts()
        facts["ticket.subject"] = text
        let filled = try TemplateRenderer.render(template(html: "{{ticket.subject}}"), facts).html
        #expect(filled.utf8.count <= HTMLEscaping.mostBytes(text))
    }
}
