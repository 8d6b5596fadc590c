public import Model

extension JournalEntry.Body {
    /// The only service that writes entries of this kind.
    public var service: String {
        switch self {
        case .ticketCreated, .ticketChanged, .messageAdded, .escalationRequested, .requesterChanged,
            .organizationChanged, .proposalRefused, .mailBounced, .ticketMerged, .blockedSenderChanged:
            "intake"
        case .assignmentProposed, .agentChanged, .teamChanged: "routing"
        case .timerChanged, .timerWarned, .timerBreached: "sla-timer"
        case .deliveryChanged, .surveyAnswered: "notification"
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
