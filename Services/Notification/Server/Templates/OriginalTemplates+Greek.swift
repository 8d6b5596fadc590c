import Model

/// The originals in Greek.
extension OriginalTemplates {
    static func greek(_ kind: DeliveryKind) -> Words {
        Words(subject: "[#{{ticket.id}}] {{ticket.subject}}", text: greekText(kind))
    }

    private static func greekText(_ kind: DeliveryKind) -> String {
        switch kind {
        case .acknowledgement:
            """
            Λάβαμε το αίτημά σας «{{ticket.subject}}» και ανοίξαμε το δελτίο #{{ticket.id}}.
            Ένα μέλος της ομάδας μας θα σας απαντήσει. Για να προσθέσετε κάτι, απαντήστε σε αυτό το μήνυμα.

            {{brand.name}}
            """
        case .assignment:
            """
            Το δελτίο #{{ticket.id}} είναι δικό σας: {{ticket.subject}}

            Από: {{requester.name}}
            Προτεραιότητα: {{ticket.priority}}
            """
        case .slaWarning:
            """
            Ο χρόνος του δελτίου #{{ticket.id}} ({{promise.metric}}) κοντεύει να λήξει: {{ticket.subject}}

            Από: {{requester.name}}
            Προτεραιότητα: {{ticket.priority}}
            """
        case .slaBreach:
            """
            Ο χρόνος του δελτίου #{{ticket.id}} ({{promise.metric}}) έληξε: {{ticket.subject}}

            Από: {{requester.name}}
            Προτεραιότητα: {{ticket.priority}}
            """
        case .solved:
            """
            Επιλύσαμε το αίτημά σας «{{ticket.subject}}» (δελτίο #{{ticket.id}}).
            Αν κάτι παραμένει ανοιχτό, απαντήστε σε αυτό το μήνυμα και θα το αναλάβουμε ξανά.

            {{brand.name}}
            """
        case .mention:
            """
            Ο χρήστης {{agent.name}} σας ανέφερε σε σημείωση στο δελτίο #{{ticket.id}}: {{ticket.subject}}
            Η σημείωση βρίσκεται στην κονσόλα.
            """
        case .survey:
            """
            Πώς τα πήγαμε με το αίτημά σας «{{ticket.subject}}» (δελτίο #{{ticket.id}});
            Καλά: {{survey.good_url}}
            Όχι καλά: {{survey.bad_url}}

            {{brand.name}}
            """
        case .reply, .unspecified: ""
        }
    }
}
