public import Model

extension JournalEntry.Body {
    /// The kind's name, as it stands in the journal's table.
    public var kind: String {
        switch self {
        case .ticketCreated: "TicketCreated"
        case .ticketChanged: "TicketChanged"
        case .messageAdded: "MessageAdded"
        case .escalationRequested: "EscalationRequested"
        case .requesterChanged: "RequesterChanged"
        case .organizationChanged: "OrganizationChanged"
        case .proposalRefused: "ProposalRefused"
        case .assignmentProposed: "AssignmentProposed"
        case .agentChanged: "AgentChanged"
        case .teamChanged: "TeamChanged"
        case .timerChanged: "TimerChanged"
        case .timerWarned: "TimerWarned"
        case .timerBreached: "TimerBreached"
        case .deliveryChanged: "DeliveryChanged"
        case .userChanged: "UserChanged"
        }
    }

    /// The only service that writes entries of this kind.
    public var service: String {
        switch self {
        case .ticketCreated, .ticketChanged, .messageAdded, .escalationRequested, .requesterChanged,
            .organizationChanged,
            .proposalRefused:
            "intake"
        case .assignmentProposed, .agentChanged, .teamChanged: "routing"
        case .timerChanged, .timerWarned, .timerBreached: "sla-timer"
        case .deliveryChanged: "notification"
        case .userChanged: "gateway"
        }
    }
}

extension JournalEntry {
    /// After so many causes a chain ends.
    public static let limitHops: Int32 = 10

    /// Whether nobody may answer this entry with a proposal or a rule any more. What it tells still counts.
    public var endsChain: Bool { hops >= JournalEntry.limitHops }

    /// Where the entry stands; nil for a kind that this program does not know.
    public var place: Place? {
        body.map { Place(service: $0.service, term: term, offset: offset) }
    }
}
