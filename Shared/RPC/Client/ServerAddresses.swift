/// Where a client may find a server of several instances, of which one leads: which address is tried next.
struct ServerAddresses {
    private let known: [ServerAddress]
    /// Told by an instance that does not lead itself.
    private var leader: ServerAddress?
    private var place = 0
    private var failures = 0
    /// Which address `next()` named last.
    private(set) var current: ServerAddress

    /// - Parameter known: at least one.
    init(_ known: [ServerAddress]) {
        precondition(!known.isEmpty, "a client needs an address")
        self.known = known
        current = known[0]
    }

    /// The address to connect to.
    mutating func next() -> ServerAddress {
        current = leader ?? known[place]
        return current
    }

    /// Somebody serves there.
    mutating func succeed() {
        failures = 0
    }

    /// Nobody serves there; returns whether another address is left that was not tried since.
    mutating func fail() -> Bool {
        failures += 1
        if leader != nil {
            leader = nil
        } else {
            place = (place + 1) % known.count
        }
        if failures < known.count { return true }
        failures = 0
        return false
    }

    /// Says who leads; returns whether that is somewhere else.
    mutating func follow(_ leader: ServerAddress) -> Bool {
        guard leader != current else { return false }
        self.leader = leader
        return true
    }
}
