extension JournalEntry.Body {
    /// What tells two entries of a kind apart, in logs and traces: ids, states and codes; no names, no addresses.
    public var facts: [(key: String, value: String)] {
        switch self {
        case .messageAdded(let added): [("message.id", "\(added.messageID)")]
        case .proposalRefused(let refused): [("proposal.code", refused.code)]
        case .mailBounced(let bounce):
            [
                ("message.id", "\(bounce.messageID)"), ("delivery.id", "\(bounce.deliveryID)"),
                ("bounce.action", bounce.action),
            ]
        case .ticketMerged(let merged): [("ticket.into_id", "\(merged.intoID)")]
        case .blockedSenderChanged(let changed): [("blocked_sender.id", "\(changed.blockedSenderID)")]
        case .assignmentProposed(let proposed):
            [("assignee.id", "\(proposed.assigneeID)"), ("proposal.reason", proposed.reason)]
        case .agentChanged(let changed): [("agent.id", "\(changed.agentID)")]
        case .teamChanged(let changed): [("team.id", "\(changed.teamID)")]
        case .timerChanged(let changed):
            [("timer.metric", changed.metric.name), ("timer.state", changed.state.name)]
        case .timerWarned(let warned): [("timer.metric", warned.metric.name)]
        case .timerBreached(let breached): [("timer.metric", breached.metric.name)]
        case .deliveryChanged(let changed):
            [("delivery.id", "\(changed.deliveryID)"), ("delivery.state", changed.state.name)]
        case .surveyAnswered(let answered):
            [("delivery.id", "\(answered.deliveryID)"), ("survey.satisfaction", answered.satisfaction.name)]
        case .requesterChanged(let changed): [("requester.id", "\(changed.requesterID)")]
        case .organizationChanged(let changed): [("organization.id", "\(changed.organizationID)")]
        case .userChanged(let changed): [("user.id", "\(changed.userID)")]
        case .ticketCreated, .ticketChanged, .escalationRequested: []
        }
    }
}
