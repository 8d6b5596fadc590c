import Model

/// The templates that the product brings, in every language that it speaks. A change of one is kept in the store and stands before it.
enum OriginalTemplates {
    /// A subject and a text; the HTML is the text in paragraphs.
    struct Words: Sendable {
        let subject: String
        let text: String
    }

    /// Ids of templates that people enter are above this.
    static let lastID: Int64 = 1_000

    static let all: [MailTemplate] = TemplateFields.kinds.flatMap { kind in
        MailText.Language.allCases.map { template(kind, $0) }
    }

    static func find(_ id: Int64) -> MailTemplate? {
        all.first { $0.id == id }
    }

    static func template(_ kind: DeliveryKind, _ language: MailText.Language) -> MailTemplate {
        let words = words(kind, language)
        let position = MailText.Language.allCases.firstIndex(of: language) ?? 0
        var (text, html) = (words.text, kind == .reply ? replyHTML : HTMLText.paragraphs(words.text, escape: false))
        for name in ["survey.good_url", "survey.bad_url"] {
            html = html.replacing("{{\(name)}}", with: "<a href=\"{{\(name)}}\">{{\(name)}}</a>")
        }
        if kind != .reply, isToRequester(kind) {
            text += "\n" + footer
            html += footerHTML
        }
        return MailTemplate(
            id: Int64(kind.rawValue) * 10 + Int64(position) + 1, kind: kind, language: language.rawValue,
            subject: words.subject, text: text, html: html, isOriginal: true)
    }

    private static func isToRequester(_ kind: DeliveryKind) -> Bool {
        switch kind {
        case .acknowledgement, .reply, .solved, .survey: true
        case .assignment, .slaWarning, .slaBreach, .mention, .unspecified: false
        }
    }

    /// What the mailbox's mails end with.
    private static let footer = """
        {{#brand.footer}}
        {{brand.footer}}
        {{/brand.footer}}
        """

    private static let footerHTML = """
        {{#brand.footer}}
        <p{{#brand.color}} style="border-top:2px solid {{brand.color}};padding-top:1ex"{{/brand.color}}>{{{brand.footer_html}}}</p>
        {{/brand.footer}}

        """

    private static func words(_ kind: DeliveryKind, _ language: MailText.Language) -> Words {
        if kind == .reply { return reply }
        return switch language {
        case .english: english(kind)
        case .russian: russian(kind)
        case .greek: greek(kind)
        case .polish: polish(kind)
        }
    }

    /// The agent's words, their signature, and what they answer: the same in every language, for the words are the agent's.
    private static let reply = Words(
        subject: "{{ticket.reply_subject}}",
        text: """
            {{message.text}}

            --\u{20}
            {{#agent.signature}}
            {{agent.signature}}
            {{/agent.signature}}
            {{^agent.signature}}
            {{#agent.name}}
            {{agent.name}}
            {{/agent.name}}
            {{/agent.signature}}
            {{brand.name}}
            {{#brand.footer}}
            {{brand.footer}}
            {{/brand.footer}}
            {{#quote}}

            {{quote.intro}}
            {{quote.text}}
            {{/quote}}
            """)

    /// With the marks by which mail clients know a signature and a quotation.
    private static let replyHTML = """
        {{{message.html}}}
        <div class="gmail_signature"{{#brand.color}} style="border-left:3px solid {{brand.color}};padding-left:1ex"{{/brand.color}}>--&nbsp;<br>
        {{#agent.signature}}{{{agent.signature_html}}}<br>{{/agent.signature}}
        {{^agent.signature}}{{#agent.name}}{{agent.name}}<br>{{/agent.name}}{{/agent.signature}}
        {{brand.name}}{{#brand.footer}}<br>
        {{{brand.footer_html}}}{{/brand.footer}}</div>
        {{#quote}}
        <div class="gmail_quote"><div class="gmail_attr">{{quote.intro}}</div>
        <blockquote type="cite" style="margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex">
        {{{quote.html}}}
        </blockquote></div>
        {{/quote}}
        """
}
