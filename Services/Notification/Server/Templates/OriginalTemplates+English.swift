import Model

/// The originals in English.
extension OriginalTemplates {
    static func english(_ kind: DeliveryKind) -> Words {
        Words(subject: "[#{{ticket.id}}] {{ticket.subject}}", text: englishText(kind))
    }

    private static func englishText(_ kind: DeliveryKind) -> String {
        switch kind {
        case .acknowledgement:
            """
            We have received your request “{{ticket.subject}}” and opened ticket #{{ticket.id}} for it.
            A member of our team will answer you. To add something, just reply to this mail.

            {{brand.name}}
            """
        case .assignment:
            """
            Ticket #{{ticket.id}} is yours: {{ticket.subject}}

            From: {{requester.name}}
            Priority: {{ticket.priority}}
            """
        case .slaWarning:
            """
            The {{promise.metric}} time of ticket #{{ticket.id}} is nearly over: {{ticket.subject}}

            From: {{requester.name}}
            Priority: {{ticket.priority}}
            """
        case .slaBreach:
            """
            The {{promise.metric}} time of ticket #{{ticket.id}} has passed: {{ticket.subject}}

            From: {{requester.name}}
            Priority: {{ticket.priority}}
            """
        case .solved:
            """
            We have solved your request “{{ticket.subject}}” (ticket #{{ticket.id}}).
            If anything is still open, just reply to this mail, and we will take it up again.

            {{brand.name}}
            """
        case .mention:
            """
            {{agent.name}} mentioned you in a note on ticket #{{ticket.id}}: {{ticket.subject}}
            The note can be read in the console.
            """
        case .survey:
            """
            How did we do with your request “{{ticket.subject}}” (ticket #{{ticket.id}})?
            Good: {{survey.good_url}}
            Not good: {{survey.bad_url}}

            {{brand.name}}
            """
        case .reply, .unspecified: ""
        }
    }
}
