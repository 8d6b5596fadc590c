import Model

extension LiveEvent {
    /// What a journal entry is told as: nothing, one event or several.
    static func events(of entry: JournalEntry) -> [LiveEvent] {
        func event(_ kind: String, isPublic: Bool = false, _ facts: [(String, JSONValue)] = []) -> LiveEvent {
            LiveEvent(
                kind: kind, ticketID: entry.ticketID, atMilliseconds: entry.atMilliseconds,
                actor: entry.actor ?? Actor(kind: .system), isPublic: isPublic,
                facts: facts.map { JSONMember(name: $0.0, value: $0.1) })
        }
        switch entry.body {
        case .ticketCreated(let created):
            var opened = event("ticket.created", isPublic: true, facts(of: created, version: entry.version))
            opened.opensTicketOf = created.requesterID
            return [opened]
        case .ticketChanged(let changed): return changes(changed, event, version: entry.version)
        case .messageAdded(let added):
            return [event("message.added", isPublic: added.visibility == .public, facts(of: added))]
        case .ticketMerged(let merged): return [event("ticket.merged", [("into_id", .id(merged.intoID))])]
        case .escalationRequested(let asked): return [event("ticket.escalated", [("reason", .string(asked.reason))])]
        case .requesterChanged(let changed):
            return [event("requester.changed", [("requester_id", .id(changed.requesterID))])]
        case .organizationChanged(let changed):
            return [event("organization.changed", [("organization_id", .id(changed.organizationID))])]
        // An assignment is told once Intake has applied it; who waits, waits by routing's word.
        case .assignmentProposed(let decision):
            guard decision.assigneeID == 0 else { return [] }
            return [event("ticket.queued", [("team_id", .id(decision.teamID)), ("reason", .string(decision.reason))])]
        case .agentChanged(let changed):
            return [
                event(
                    "agent.changed",
                    [("agent_id", .id(changed.agentID)), ("presence", .string(changed.presence.name))])
            ]
        case .teamChanged(let changed): return [event("team.changed", [("team_id", .id(changed.teamID))])]
        case .timerChanged(let changed):
            return [
                event(
                    "timer.changed",
                    [
                        ("metric", .string(changed.metric.name)), ("state", .string(changed.state.name)),
                        ("due_at", .instant(changed.dueAtMilliseconds)), ("policy_id", .id(changed.policyID)),
                    ])
            ]
        case .timerWarned(let warned):
            return [event("sla.warned", promise(warned.metric, warned.dueAtMilliseconds, warned.policyID))]
        case .timerBreached(let breached):
            return [event("sla.breached", promise(breached.metric, breached.dueAtMilliseconds, breached.policyID))]
        case .deliveryChanged(let delivery):
            return [
                event(
                    "delivery.changed",
                    [
                        ("delivery_id", .id(delivery.deliveryID)), ("message_id", .id(delivery.messageID)),
                        ("state", .string(delivery.state.name)), ("code", .text(delivery.code)),
                    ])
            ]
        case .surveyAnswered(let answered):
            return [
                event(
                    "survey.answered",
                    [
                        ("satisfaction", .string(answered.satisfaction.name)), ("agent_id", .id(answered.agentID)),
                    ])
            ]
        case .userChanged(let changed):
            return [event("user.changed", [("user_id", .id(changed.userID)), ("active", .bool(changed.active))])]
        // A bounce is told by the note that it becomes, and by the delivery.
        case .proposalRefused, .mailBounced, .blockedSenderChanged, nil: return []
        }
    }

    private typealias Facts = [(String, JSONValue)]

    private static func promise(_ metric: Metric, _ dueAt: Int64, _ policyID: Int64) -> Facts {
        [("metric", .string(metric.name)), ("due_at", .instant(dueAt)), ("policy_id", .id(policyID))]
    }

    private static func facts(of created: TicketCreated, version: Int64) -> Facts {
        [
            ("requester_id", .id(created.requesterID)), ("channel", .string(created.channel.name)),
            ("status", .string(created.status.name)), ("priority", .string(created.priority.name)),
            ("quarantined", .bool(created.quarantined)), ("version", .integer(version)),
        ]
    }

    private static func facts(of added: MessageAdded) -> Facts {
        [
            ("message_id", .id(added.messageID)), ("visibility", .string(added.visibility.name)),
            ("author", .actor(added.author ?? Actor(), name: "")), ("automatic", .bool(added.automatic)),
            ("first", .bool(added.first)),
        ]
    }

    /// Status and assignment are told by kinds of their own; what else changed by one `ticket.changed`.
    private static func changes(
        _ changed: TicketChanged, _ event: (String, Bool, Facts) -> LiveEvent, version: Int64
    ) -> [LiveEvent] {
        var events: [LiveEvent] = []
        var others: [JSONValue] = []
        for change in changed.changes {
            switch change.field {
            case "status":
                events.append(
                    event(
                        "ticket.status_changed", true,
                        [
                            ("old", .string(change.oldValue)), ("new", .string(change.newValue)),
                            ("version", .integer(version)),
                        ]))
            case "assignee_id":
                let team = changed.changes.first { $0.field == "team_id" }.map {
                    ("team_id", JSONValue.fact("team_id", $0.newValue))
                }
                events.append(
                    event(
                        change.newValue.isEmpty || change.newValue == "0" ? "ticket.unassigned" : "ticket.assigned",
                        false,
                        [("assignee_id", .fact("assignee_id", change.newValue)), ("version", .integer(version))]
                            + (team.map { [$0] } ?? [])))
            default:
                others.append([
                    "field": .string(change.field), "old": .fact(change.field, change.oldValue),
                    "new": .fact(change.field, change.newValue),
                ])
            }
        }
        if !others.isEmpty {
            events.append(
                event("ticket.changed", false, [("changes", .array(others)), ("version", .integer(version))]))
        }
        return events
    }
}
