import Model

extension JSONValue {
    /// A ticket as the API tells it; without `deadlines` they are null.
    static func ticket(_ ticket: Ticket, _ deadlines: Deadlines?) -> JSONValue {
        var fields: [(String, JSONValue)] = [
            ("id", .integer(ticket.id)), ("subject", .string(ticket.subject)), ("status", .string(ticket.status.name)),
            ("priority", .string(ticket.priority.name)), ("type", .string(ticket.type.name)),
            ("channel", .string(ticket.channel.name)), ("requester", ticketRequester(ticket.requester)),
            ("organization_id", .id(ticket.organizationID)), ("team_id", .id(ticket.teamID)),
            ("assignee_id", .id(ticket.assigneeID)), ("tier", .integer(Int64(ticket.tier))),
            ("tags", .strings(ticket.tags)), ("custom_fields", customFields(ticket.customFields)),
        ]
        fields += [
            ("sla", .deadlines(deadlines)), ("version", .integer(ticket.version)),
            ("created_at", .instant(ticket.createdAtMilliseconds)),
            ("updated_at", .instant(ticket.updatedAtMilliseconds)),
            ("solved_at", .instant(ticket.solvedAtMilliseconds)),
            ("message_count", .integer(Int64(ticket.messageCount))),
            ("quarantined", .bool(ticket.quarantined)), ("language", .text(ticket.language)),
            ("merged_into_id", .id(ticket.mergedIntoID)),
            ("satisfaction", ticket.satisfaction == .unspecified ? .null : .string(ticket.satisfaction.name)),
        ]
        return .object(fields.map { JSONMember(name: $0.0, value: $0.1) })
    }

    private static func ticketRequester(_ requester: Requester?) -> JSONValue {
        guard let requester, requester.id != 0 else { return .null }
        return ["id": .integer(requester.id), "email": .text(requester.email), "name": .text(requester.name)]
    }

    static func customFields(_ fields: [CustomField]) -> JSONValue {
        .object(fields.map { JSONMember(name: $0.name, value: .string($0.value)) })
    }

    private static func deadlines(_ deadlines: Deadlines?) -> JSONValue {
        guard let deadlines else {
            return [
                "first_response_due_at": .null, "next_response_due_at": .null, "resolution_due_at": .null,
                "breached": .null, "paused": .null,
            ]
        }
        return [
            "first_response_due_at": .instant(deadlines.firstResponseDueAtMilliseconds),
            "next_response_due_at": .instant(deadlines.nextResponseDueAtMilliseconds),
            "resolution_due_at": .instant(deadlines.resolutionDueAtMilliseconds),
            "breached": .bool(deadlines.breached), "paused": .bool(deadlines.paused),
        ]
    }

    /// - Parameter names: of users, by id.
    static func message(_ message: Message, names: [Int64: String]) -> JSONValue {
        let author = message.author ?? Actor()
        return [
            "id": .integer(message.id), "ticket_id": .integer(message.ticketID),
            "visibility": .string(message.visibility.name),
            "channel": message.channel == .unspecified ? .null : .string(message.channel.name),
            "author": .actor(author, name: author.kind == .agent ? names[author.id] ?? "" : message.authorName),
            "text": .string(message.text), "new_text": .string(message.newText), "html": .text(message.html),
            "attachments": .array(message.attachments.map { .attachment($0) }),
            "automatic": .bool(message.automatic), "has_source": .bool(message.hasSource),
            "wrappers": .strings(message.wrappers), "has_remote_images": .bool(message.hasRemoteImages),
            "created_at": .instant(message.createdAtMilliseconds),
        ]
    }

    static func attachment(_ attachment: Attachment) -> JSONValue {
        [
            "id": .integer(attachment.id), "filename": .string(attachment.filename),
            "content_type": .string(attachment.contentType), "size": .integer(attachment.sizeBytes),
            "inline": .bool(attachment.isInline), "content_id": .text(attachment.contentID),
        ]
    }

    static func actor(_ actor: Actor, name: String) -> JSONValue {
        let kind = actor.kind == .unspecified ? ActorKind.system : actor.kind
        return [
            "kind": .string(kind.name), "id": .id(actor.id), "name": .text(name.isEmpty ? actor.name : name),
        ]
    }

    static func historyEvent(_ event: HistoryEvent, names: [Int64: String]) -> JSONValue {
        let actor = event.actor ?? Actor()
        var members: [JSONMember] = [
            JSONMember(name: "id", value: .integer(event.id)),
            JSONMember(name: "at", value: .instant(event.atMilliseconds)),
            JSONMember(name: "kind", value: .string(event.kind)),
            JSONMember(name: "actor", value: .actor(actor, name: actor.kind == .agent ? names[actor.id] ?? "" : "")),
        ]
        for fact in event.facts where !members.contains(where: { $0.name == fact.name }) {
            members.append(JSONMember(name: fact.name, value: Self.fact(fact.name, fact.value)))
        }
        return .object(members)
    }

    /// A fact told as text: ids and tiers are numbers, an empty id is null.
    static func fact(_ name: String, _ text: String) -> JSONValue {
        guard name.hasSuffix("_id") || name == "tier" else { return .string(text) }
        guard let number = Int64(text), number != 0 else { return .null }
        return .integer(number)
    }

    static func explanation(_ explanation: ExplainResponse) -> JSONValue {
        [
            "ticket_id": .integer(explanation.ticketID),
            "queue_position": explanation.queuePosition == 0 ? .null : .integer(Int64(explanation.queuePosition)),
            "decisions": .array(explanation.decisions.map { .decision($0) }),
        ]
    }

    private static func decision(_ decision: Decision) -> JSONValue {
        let candidates = decision.candidates.map { candidate -> JSONValue in
            [
                "agent_id": .integer(candidate.agentID), "tier": .integer(Int64(candidate.tier)),
                "load": .integer(Int64(candidate.load)), "capacity": .integer(Int64(candidate.capacity)),
                "verdict": .string(candidate.verdict),
            ]
        }
        return [
            "at": .instant(decision.atMilliseconds), "team_id": .id(decision.teamID),
            "assignee_id": .id(decision.assigneeID), "reason": .string(decision.reason),
            "outcome": .string(decision.outcome), "candidates": .array(candidates),
        ]
    }
}
