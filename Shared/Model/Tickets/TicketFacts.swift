/// What a condition may ask of a ticket.
public struct TicketFacts: Sendable, Hashable {
    public var status: TicketStatus
    public var priority: Priority
    public var type: TicketType
    public var channel: TicketChannel
    public var teamID: Int64
    public var assigneeID: Int64
    public var requesterID: Int64
    public var organizationID: Int64
    public var tier: Int32
    public var tags: [String]
    /// BCP 47; empty when unknown.
    public var language: String

    public init(
        status: TicketStatus = .new, priority: Priority = .normal, type: TicketType = .question,
        channel: TicketChannel = .api, teamID: Int64 = 0, assigneeID: Int64 = 0, requesterID: Int64 = 0,
        organizationID: Int64 = 0, tier: Int32 = 1, tags: [String] = [], language: String = ""
    ) {
        self.status = status
        self.priority = priority
        self.type = type
        self.channel = channel
        self.teamID = teamID
        self.assigneeID = assigneeID
        self.requesterID = requesterID
        self.organizationID = organizationID
        self.tier = tier
        self.tags = tags
        self.language = language
    }

    /// The facts of a ticket as Intake answers it.
    public init(_ ticket: Ticket) {
        self.init(
            status: ticket.status, priority: ticket.priority, type: ticket.type, channel: ticket.channel,
            teamID: ticket.teamID, assigneeID: ticket.assigneeID, requesterID: ticket.requester?.id ?? 0,
            organizationID: ticket.organizationID, tier: ticket.tier, tags: ticket.tags, language: ticket.language)
    }

    /// The facts of a ticket as Intake's journal announces it.
    public init(_ created: TicketCreated) {
        self.init(
            status: created.status, priority: created.priority, type: created.type, channel: created.channel,
            teamID: created.teamID, assigneeID: created.assigneeID, requesterID: created.requesterID,
            organizationID: created.organizationID, tier: created.tier, tags: created.tags, language: created.language)
    }
}

extension TicketFacts {
    /// Takes over what Intake's journal says has changed. Fields that no condition asks for are passed over.
    public mutating func apply(_ changed: TicketChanged) {
        for change in changed.changes { apply(change) }
    }

    private mutating func apply(_ change: FieldChange) {
        let text = change.newValue
        switch change.field {
        case "status": status = TicketStatus(name: text) ?? status
        case "priority": priority = Priority(name: text) ?? priority
        case "type": type = TicketType(name: text) ?? type
        case "channel": channel = TicketChannel(name: text) ?? channel
        case "team_id": teamID = Int64(text) ?? 0
        case "assignee_id": assigneeID = Int64(text) ?? 0
        case "requester_id": requesterID = Int64(text) ?? 0
        case "organization_id": organizationID = Int64(text) ?? 0
        case "tier": tier = Int32(text) ?? tier
        case "tags": tags = text.split(separator: ",").map(String.init)
        case "language": language = text
        default: break
        }
    }
}
