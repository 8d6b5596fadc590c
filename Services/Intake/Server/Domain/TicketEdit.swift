import Model

/// New values for some of a ticket's fields; nil leaves one.
struct TicketEdit: Sendable, Hashable {
    var status: TicketStatus?
    var priority: Priority?
    var type: TicketType?
    var subject: String?
    /// Normalised.
    var tags: [String]?
    var assigneeID: Int64?
    var teamID: Int64?
    var tier: Int32?
    /// Those named are set; an empty value removes one.
    var customFields: [CustomField] = []
}

/// An edit applied: the ticket after it, and each field that really changed.
struct TicketChange: Sendable, Hashable {
    var ticket: Ticket
    /// As text, with old and new values: for the history. The journal's are `journaled`.
    var changes: [FieldChange]

    var isEmpty: Bool { changes.isEmpty }

    func changed(_ field: String) -> FieldChange? { changes.first { $0.field == field } }

    /// Without what people wrote: the journal carries no texts.
    var journaled: [FieldChange] {
        changes.map { change in
            change.field == "subject" || change.field.hasPrefix("custom_fields.")
                ? FieldChange(field: change.field) : change
        }
    }

    /// - Parameters:
    ///   - isByPerson: raises the version; what services propose does not.
    init(_ edit: TicketEdit, of old: Ticket, isByPerson: Bool, nowMilliseconds: Int64) {
        var ticket = old
        var changes: [FieldChange] = []
        func set<Value: Equatable>(
            _ field: String, _ path: WritableKeyPath<Ticket, Value>, _ new: Value?, _ text: (Value) -> String
        ) {
            guard let new, new != ticket[keyPath: path] else { return }
            changes.append(FieldChange(field: field, oldValue: text(ticket[keyPath: path]), newValue: text(new)))
            ticket[keyPath: path] = new
        }
        set("subject", \.subject, edit.subject) { $0 }
        set("priority", \.priority, edit.priority, \.name)
        set("type", \.type, edit.type, \.name)
        set("tags", \.tags, edit.tags) { $0.joined(separator: ",") }
        set("team_id", \.teamID, edit.teamID, Self.text)
        set("assignee_id", \.assigneeID, edit.assigneeID, Self.text)
        set("tier", \.tier, edit.tier, String.init)
        let isAssigned = changes.contains { $0.field == "assignee_id" }
        let followed = isAssigned ? TicketStateMachine.afterAssignment(old.status, assigneeID: ticket.assigneeID) : nil
        set("status", \.status, edit.status ?? followed, \.name)
        for field in edit.customFields {
            let index = ticket.customFields.firstIndex { $0.name == field.name }
            let before = index.map { ticket.customFields[$0].value } ?? ""
            guard before != field.value else { continue }
            changes.append(FieldChange(field: "custom_fields.\(field.name)", oldValue: before, newValue: field.value))
            ticket.customFields.removeAll { $0.name == field.name }
            if !field.value.isEmpty { ticket.customFields.append(field) }
        }
        ticket.customFields.sort { $0.name < $1.name }
        if !changes.isEmpty {
            ticket.updatedAtMilliseconds = nowMilliseconds
            if isByPerson { ticket.version += 1 }
            if isAssigned || changes.contains(where: { $0.field == "team_id" }) { ticket.assignmentEpoch += 1 }
            if changes.contains(where: { $0.field == "status" }) {
                ticket.solvedAtMilliseconds = Self.solvedAt(old, ticket.status, nowMilliseconds)
            }
        }
        self.ticket = ticket
        self.changes = changes
    }

    /// A ticket keeps the instant of its solution when it is closed, and loses it when it is reopened.
    private static func solvedAt(_ old: Ticket, _ status: TicketStatus, _ now: Int64) -> Int64 {
        if status.isLive { return 0 }
        return old.solvedAtMilliseconds == 0 ? now : old.solvedAtMilliseconds
    }

    /// An id in decimal; none is empty.
    private static func text(_ id: Int64) -> String { id == 0 ? "" : String(id) }
}
