import Model

/// A ticket as its journal tells it: each change must start from what the one before left.
struct TicketReplica: Hashable {
    var status: String
    var priority: String
    var type: String
    var teamID: String
    var assigneeID: String
    var tier: String
    var tags: String
    var epoch: Int64
    var version: Int64
    var messages = 0

    init(_ created: TicketCreated, version: Int64) {
        status = created.status.name
        priority = created.priority.name
        type = created.type.name
        teamID = Self.text(created.teamID)
        assigneeID = Self.text(created.assigneeID)
        tier = String(created.tier)
        tags = created.tags.joined(separator: ",")
        epoch = created.assignmentEpoch
        self.version = version
    }

    /// As the store's row has it.
    init(_ ticket: Ticket) {
        status = ticket.status.name
        priority = ticket.priority.name
        type = ticket.type.name
        teamID = Self.text(ticket.teamID)
        assigneeID = Self.text(ticket.assigneeID)
        tier = String(ticket.tier)
        tags = ticket.tags.joined(separator: ",")
        epoch = ticket.assignmentEpoch
        version = ticket.version
        messages = Int(ticket.messageCount)
    }

    mutating func apply(_ changed: TicketChanged, _ entry: JournalEntry) throws {
        var isAssigned = false
        for change in changed.changes {
            guard let path = Self.paths[change.field] else { continue }
            guard self[keyPath: path] == change.oldValue else {
                throw Violated(
                    "history replays to the state",
                    "intake:\(entry.offset) changes \(change.field) from \(change.oldValue), it was \(self[keyPath: path])"
                )
            }
            self[keyPath: path] = change.newValue
            isAssigned = isAssigned || change.field == "team_id" || change.field == "assignee_id"
        }
        guard changed.assignmentEpoch == epoch + (isAssigned ? 1 : 0) else {
            throw Violated(
                "one assignee an epoch", "intake:\(entry.offset) has epoch \(changed.assignmentEpoch) after \(epoch)")
        }
        epoch = changed.assignmentEpoch
        let isByPerson = entry.cause == nil && !changed.changes.isEmpty
        guard entry.version == version + (isByPerson ? 1 : 0) else {
            throw Violated(
                "people's edits raise the version, each by one",
                "intake:\(entry.offset): \(version), then \(entry.version)")
        }
        version = entry.version
    }

    private static func text(_ id: Int64) -> String { id == 0 ? "" : String(id) }

    private static var paths: [String: WritableKeyPath<TicketReplica, String>] {
        [
            "status": \.status, "priority": \.priority, "type": \.type, "team_id": \.teamID,
            "assignee_id": \.assigneeID, "tier": \.tier, "tags": \.tags,
        ]
    }
}
