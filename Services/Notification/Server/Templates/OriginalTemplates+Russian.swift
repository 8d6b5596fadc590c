import Model

/// The originals in Russian.
extension OriginalTemplates {
    static func russian(_ kind: DeliveryKind) -> Words {
        Words(subject: "[#{{ticket.id}}] {{ticket.subject}}", text: russianText(kind))
    }

    private static func russianText(_ kind: DeliveryKind) -> String {
        switch kind {
        case .acknowledgement:
            """
            Мы получили ваш запрос «{{ticket.subject}}» и открыли заявку № {{ticket.id}}.
            Наш сотрудник ответит вам. Чтобы что-то добавить, просто ответьте на это письмо.

            {{brand.name}}
            """
        case .assignment:
            """
            Заявка № {{ticket.id}} назначена вам: {{ticket.subject}}

            От: {{requester.name}}
            Приоритет: {{ticket.priority}}
            """
        case .slaWarning:
            """
            Срок заявки № {{ticket.id}} ({{promise.metric}}) почти истёк: {{ticket.subject}}

            От: {{requester.name}}
            Приоритет: {{ticket.priority}}
            """
        case .slaBreach:
            """
            Срок заявки № {{ticket.id}} ({{promise.metric}}) истёк: {{ticket.subject}}

            От: {{requester.name}}
            Приоритет: {{ticket.priority}}
            """
        case .solved:
            """
            Мы решили ваш запрос «{{ticket.subject}}» (заявка № {{ticket.id}}).
            Если что-то осталось нерешённым, просто ответьте на это письмо, и мы продолжим.

            {{brand.name}}
            """
        case .mention:
            """
            {{agent.name}} упоминает вас в заметке к заявке № {{ticket.id}}: {{ticket.subject}}
            Заметку можно прочитать в консоли.
            """
        case .survey:
            """
            Как мы справились с вашим запросом «{{ticket.subject}}» (заявка № {{ticket.id}})?
            Хорошо: {{survey.good_url}}
            Плохо: {{survey.bad_url}}

            {{brand.name}}
            """
        case .reply, .unspecified: ""
        }
    }
}
