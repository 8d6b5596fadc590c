import Model

/// Says in the reader's language what happened to a ticket.
struct HistoryText: Sendable {
    let texts: Texts
    /// Of users, by id.
    let names: [Int64: String]

    func text(_ event: HistoryEvent) -> String {
        func fact(_ name: String) -> String { event.facts.first { $0.name == name }?.value ?? "" }
        switch event.kind {
        case "ticket.created": return texts[.eventCreated]
        case "ticket.assigned":
            let id = Int64(fact("assignee_id")) ?? 0
            return "\(texts[.eventAssigned]) \(id == 0 ? texts[.nobody] : names[id] ?? "#\(id)")"
        case "ticket.queued": return texts[.eventQueued]
        case "ticket.status_changed":
            return
                "\(texts[.eventStatus]): \(texts.named("status", fact("old"))) → \(texts.named("status", fact("new")))"
        case "message.added":
            return fact("visibility") == Visibility.internal.name ? texts[.replyInternal] : texts[.eventMessage]
        case "sla.warned": return "\(texts[.eventWarned]): \(texts.named("metric", fact("metric")))"
        case "sla.breached": return "\(texts[.eventBreached]): \(texts.named("metric", fact("metric")))"
        case "ticket.merged":
            let into = fact("into_id")
            return into.isEmpty
                ? "\(texts[.eventMergedFrom]) #\(fact("from_id"))" : "\(texts[.eventMergedInto]) #\(into)"
        case "participant.added": return texts[.eventJoined]
        case "participant.removed": return texts[.eventLeft]
        case "delivery.failed": return "\(texts[.eventDeliveryFailed]): \(fact("code"))"
        case "delivery.bounced": return "\(texts[.eventDeliveryBounced]): \(fact("code"))"
        case "delivery.suppressed": return "\(texts[.eventDeliverySuppressed]): \(fact("code"))"
        case "survey.answered":
            return "\(texts[.eventSurvey]): \(texts.named("satisfaction", fact("satisfaction")))"
        case "ticket.changed":
            let field = fact("field")
            let (old, new) = (value(field, fact("old")), value(field, fact("new")))
            return "\(label(field)): \(old.isEmpty ? "–" : old) → \(new.isEmpty ? "–" : new)"
        default: return event.kind
        }
    }

    /// A field's name on the page.
    private func label(_ field: String) -> String {
        switch field {
        case "team_id": texts[.team]
        case "assignee_id": texts[.assignee]
        default: TextKey(rawValue: field).map { texts[$0] } ?? field
        }
    }

    private func value(_ field: String, _ value: String) -> String {
        switch field {
        case "status", "priority", "type": texts.named(field, value)
        case "assignee_id": Int64(value).flatMap { names[$0] } ?? value
        default: value
        }
    }
}
