import Model

/// One change as the live stream tells it.
struct LiveEvent: Sendable, Hashable {
    /// How many events are kept for those who come back.
    static let keptCount: Int64 = 200_000

    var kind: String
    var ticketID: Int64
    var atMilliseconds: Int64
    var actor: Actor
    /// Whether the ticket's requester may know of it.
    var isPublic = false
    var facts: [JSONMember] = []
    /// The requester of a ticket that this event opens.
    var opensTicketOf: Int64?

    func json(id: Int64) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember(name: "id", value: .integer(id)), JSONMember(name: "kind", value: .string(kind)),
            JSONMember(name: "ticket_id", value: .id(ticketID)),
            JSONMember(name: "at", value: .instant(atMilliseconds)),
            JSONMember(name: "actor", value: .actor(actor, name: "")),
        ]
        members += facts
        return .object(members)
    }
}
