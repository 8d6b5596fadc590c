import Model

/// A ticket as Intake's journal tells of it.
struct TicketRow: Sendable, Hashable {
    var id: Int64
    var facts: TicketFacts
    /// Whether a first response was given.
    var answered = false
    /// Of the rules by which its timers were last set.
    var generation: Int64

    /// Whether its timers follow the rules.
    var isOpen: Bool { facts.status != .solved && facts.status != .closed }
}
