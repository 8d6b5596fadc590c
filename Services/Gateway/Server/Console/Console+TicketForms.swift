import Model

extension Console {
    /// The reply box and the properties, with what was begun there.
    func fillForms(_ visit: ConsoleVisit, _ page: TicketPage, _ view: inout [String: Any]) {
        let texts = visit.texts
        view["can_reply"] = !page.isClosed
        view["can_edit"] = !page.isClosed
        view["draft"] = page.draft.body
        view["is_public"] = page.draft.isPublic
        view["uploads"] = page.draft.attachments.map { ["id": $0.id, "name": $0.filename] as [String: Any] }
        let next: [TicketStatus] = [.open, .pending, .onHold, .solved]
        view["next_statuses"] = next.map { status -> [String: Any] in
            [
                "value": status.name, "name": texts.named("status", status.name),
                "chosen": status.name == page.draft.nextStatus,
            ]
        }
        view["fields"] = page.values.map { field, value in
            self.field(visit, page, field, was: value, value: page.edits[field] ?? value)
        }
    }

    private func field(
        _ visit: ConsoleVisit, _ page: TicketPage, _ name: String, was: String, value: String
    ) -> [String: Any] {
        let options = options(visit, page, name)
        var view: [String: Any] = [
            "name": name, "label": Self.label(name, visit.texts), "was": was, "value": value,
            "locked": page.isClosed, "is_choice": options != nil,
        ]
        if let options {
            view["options"] = options.map {
                ["value": $0.value, "name": $0.name, "chosen": $0.value == value] as [String: Any]
            }
        }
        if value != was { view["now"] = options?.first { $0.value == was }?.name ?? was }
        return view
    }

    private static func label(_ field: String, _ texts: Texts) -> String {
        switch field {
        case "team_id": texts[.team]
        case "assignee_id": texts[.assignee]
        default: TextKey(rawValue: field).map { texts[$0] } ?? field
        }
    }

    /// The values to choose from; nil for a field that is written.
    private func options(
        _ visit: ConsoleVisit, _ page: TicketPage, _ field: String
    ) -> [(value: String, name: String)]? {
        let texts = visit.texts
        switch field {
        case "status":
            return TicketStatus.allCases.filter { TicketStateMachine.allows(page.ticket.status, to: $0) }
                .map { ($0.name, texts.named("status", $0.name)) }
        case "priority": return Names.priorities.map { ($0, texts.named("priority", $0)) }
        case "type": return Names.types.map { ($0, texts.named("type", $0)) }
        case "team_id":
            var options = [(value: "0", name: texts[.noTeam])]
            options += page.teams.map { (value: String($0.id), name: $0.name) }
            // While routing is away, the team stays what it is.
            let current = String(page.ticket.teamID)
            if !options.contains(where: { $0.value == current }) { options.append((current, "#\(current)")) }
            return options
        case "assignee_id":
            return [("0", texts[.nobody])] + page.users.map { (String($0.id), $0.name) }
        default: return nil
        }
    }

    /// The timers with their explanations.
    func fillTimers(_ visit: ConsoleVisit, _ page: TicketPage, _ view: inout [String: Any]) {
        view["timers_away"] = page.timers == nil
        view["no_timers"] = page.timers?.isEmpty ?? false
        view["timers"] = (page.timers ?? []).map { timer(visit, $0) }
    }

    private func timer(_ visit: ConsoleVisit, _ timer: TicketTimer) -> [String: Any] {
        let texts = visit.texts
        var view: [String: Any] = [
            "metric": texts.named("metric", timer.metric.name), "state": timer.state.name,
            "state_name": texts.named("state", timer.state.name),
        ]
        if !timer.policyName.isEmpty { view["policy"] = timer.policyName }
        if timer.dueAtMilliseconds != 0 {
            view["at"] = visit.text(timer.dueAtMilliseconds)
            view["absolute"] = texts.absolute(visit.text(timer.dueAtMilliseconds))
            view["overdue"] = timer.state == .breached
            if timer.state == .running || timer.state == .breached {
                view["relative"] = visit.relative(timer.dueAtMilliseconds)
            }
        }
        view["intervals"] = timer.explanation.suffix(Self.shownIntervals).map { interval -> [String: Any] in
            let (from, to) = (visit.text(interval.fromMilliseconds), visit.text(interval.toMilliseconds))
            return [
                "from": from, "to": to, "from_text": texts.absolute(from), "to_text": texts.absolute(to),
                "kind": interval.counted ? "counted" : "passed",
                "verdict": texts[interval.counted ? .counted : .notCounted], "why": Self.why(interval.why, texts),
            ]
        }
        return view
    }

    /// `business_hours`, `outside_hours`, `paused` or `holiday: NAME`, in the reader's language.
    private static func why(_ why: String, _ texts: Texts) -> String {
        let parts = why.split(separator: ":", maxSplits: 1)
        guard let first = parts.first else { return why }
        let reason = texts.named("why", String(first))
        return parts.count > 1 ? "\(reason):\(parts[1])" : reason == first ? why : reason
    }

    /// How many intervals of an explanation the page shows: the last ones.
    private static let shownIntervals = 60
}
