import Model

/// An agent as a decision sees them.
struct AgentState: Sendable, Hashable {
    var id: Int64
    var active: Bool
    var presence: Presence
    /// 1 to 3.
    var tier: Int32
    /// Open tickets at once.
    var capacity: Int32
    /// Assigned tickets neither solved nor closed, and proposals under way.
    var load: Int32
    /// In ascending order.
    var teamIDs: [Int64]
    /// Rises with each assignment; 0 before the first. The tie-break: who waited longest is next.
    var lastAssignment: Int64

    var hasRoom: Bool { load < capacity }
}
