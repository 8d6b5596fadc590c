/// Who makes a call, after authentication.
public struct Caller: Sendable, Hashable {
    public var role: Role
    /// The user (agent, lead, administrator); 0 for none.
    public var userID: Int64
    /// The requester; 0 for none.
    public var requesterID: Int64
    /// The service or certificate name, as "gateway" or "operator"; empty for people.
    public var serviceName: String
    /// What the credential is limited to; empty for no limit.
    public var scopes: [String]

    public init(role: Role, userID: Int64 = 0, requesterID: Int64 = 0, serviceName: String = "", scopes: [String] = [])
    {
        self.role = role
        self.userID = userID
        self.requesterID = requesterID
        self.serviceName = serviceName
        self.scopes = scopes
    }

    /// The scope of this caller's idempotency keys: stable over credentials of the same party.
    public var identity: String {
        if userID != 0 { return "user:\(userID)" }
        if requesterID != 0 { return "requester:\(requesterID)" }
        return "service:\(serviceName)"
    }

    /// As whom this caller stands in journals and histories.
    public var actor: Actor {
        if userID != 0 { return Actor(kind: .agent, id: userID) }
        if requesterID != 0 { return Actor(kind: .requester, id: requesterID) }
        return Actor(kind: .service, name: serviceName)
    }
}
