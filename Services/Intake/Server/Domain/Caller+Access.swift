import Model

/// What a caller may see of one object. Which methods a role may call at all is the policy table's matter, in Model.
extension Caller {
    /// Requesters read public messages alone; everyone else reads notes too.
    var seesInternalMessages: Bool { role != .requester && role != .unspecified }

    /// Requesters see their own tickets alone.
    func maySee(_ ticket: StoredTicket) -> Bool {
        seesInternalMessages || (role == .requester && requesterID != 0 && ticket.requesterID == requesterID)
    }

    /// Requesters see themselves alone.
    func maySee(requesterID other: Int64) -> Bool {
        seesInternalMessages || (role == .requester && requesterID != 0 && requesterID == other)
    }
}
