import Model

/// What routing knows of a ticket, from Intake's journal.
struct RoutedTicket: Sendable, Hashable {
    var id: Int64
    var status: TicketStatus
    var teamID: Int64
    var assigneeID: Int64
    var tier: Int32
    /// Of Intake's newest entry on it; a proposal names it.
    var epoch: Int64
    /// Whom a proposal under way names; 0 for none.
    var proposedID: Int64
    /// Offset of the newest proposal; 0 for none.
    var proposalOffset: Int64

    /// Whether it waits for somebody to take it.
    var wantsAgent: Bool { assigneeID == 0 && isOpen }

    /// Whether it counts as load of whoever has it.
    var isOpen: Bool { status != .solved && status != .closed }
}
