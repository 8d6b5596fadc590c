import Model

/// The originals in Polish.
extension OriginalTemplates {
    static func polish(_ kind: DeliveryKind) -> Words {
        Words(subject: "[#{{ticket.id}}] {{ticket.subject}}", text: polishText(kind))
    }

    private static func polishText(_ kind: DeliveryKind) -> String {
        switch kind {
        case .acknowledgement:
            """
            Otrzymaliśmy Twoje zgłoszenie „{{ticket.subject}}” i nadaliśmy mu numer #{{ticket.id}}.
            Odpowie Ci ktoś z naszego zespołu. Aby coś dodać, po prostu odpowiedz na tę wiadomość.

            {{brand.name}}
            """
        case .assignment:
            """
            Zgłoszenie #{{ticket.id}} jest Twoje: {{ticket.subject}}

            Od: {{requester.name}}
            Priorytet: {{ticket.priority}}
            """
        case .slaWarning:
            """
            Czas zgłoszenia #{{ticket.id}} ({{promise.metric}}) wkrótce minie: {{ticket.subject}}

            Od: {{requester.name}}
            Priorytet: {{ticket.priority}}
            """
        case .slaBreach:
            """
            Czas zgłoszenia #{{ticket.id}} ({{promise.metric}}) minął: {{ticket.subject}}

            Od: {{requester.name}}
            Priorytet: {{ticket.priority}}
            """
        case .solved:
            """
            Rozwiązaliśmy Twoje zgłoszenie „{{ticket.subject}}” (#{{ticket.id}}).
            Jeśli coś jeszcze jest do zrobienia, odpowiedz na tę wiadomość, a wrócimy do sprawy.

            {{brand.name}}
            """
        case .mention:
            """
            {{agent.name}} wspomina o Tobie w notatce do zgłoszenia #{{ticket.id}}: {{ticket.subject}}
            Notatkę można przeczytać w konsoli.
            """
        case .survey:
            """
            Jak poradziliśmy sobie z Twoim zgłoszeniem „{{ticket.subject}}” (#{{ticket.id}})?
            Dobrze: {{survey.good_url}}
            Źle: {{survey.bad_url}}

            {{brand.name}}
            """
        case .reply, .unspecified: ""
        }
    }
}
