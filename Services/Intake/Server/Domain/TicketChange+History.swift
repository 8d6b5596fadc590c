import Model

/// One line of a ticket's history, before it is stored.
struct HistoryLine {
    var kind: HistoryKind
    var facts: [(name: String, value: String)]
}

extension TicketChange {
    /// What the history tells of the change. An assignment is one event, with its team.
    func history(isQueued: Bool = false, reason: String = "") -> [HistoryLine] {
        var lines: [HistoryLine] = []
        let isAssigned = changed("assignee_id").map { !$0.newValue.isEmpty } ?? false
        if isAssigned || isQueued {
            var facts: [(name: String, value: String)] = []
            if isAssigned { facts.append(("assignee_id", String(ticket.assigneeID))) }
            if ticket.teamID != 0 { facts.append(("team_id", String(ticket.teamID))) }
            facts.append(("tier", String(ticket.tier)))
            if !reason.isEmpty { facts.append(("reason", reason)) }
            lines.append(HistoryLine(kind: isAssigned ? .ticketAssigned : .ticketQueued, facts: facts))
        }
        for change in changes {
            let facts = [(name: "old", value: change.oldValue), (name: "new", value: change.newValue)]
            switch change.field {
            case "status": lines.append(HistoryLine(kind: .statusChanged, facts: facts))
            case "assignee_id", "team_id", "tier":
                if !isAssigned && !isQueued { lines.append(field(change.field, facts)) }
            default: lines.append(field(change.field, facts))
            }
        }
        return lines
    }

    private func field(_ name: String, _ facts: [(name: String, value: String)]) -> HistoryLine {
        HistoryLine(kind: .ticketChanged, facts: [(name: "field", value: name)] + facts)
    }
}
