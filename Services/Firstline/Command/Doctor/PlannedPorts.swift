/// Where `firstline up` would listen.
struct PlannedPorts: Sendable {
    struct Listener: Sendable, Hashable {
        var service: String
        /// "RPC", "admin HTTP", "LMTP", "HTTP".
        var use: String
        /// `host:port`.
        var address: String
    }

    var listeners: [Listener]
    /// Whether the operator named them; the usual ones may not be those of this installation.
    var isCertain: Bool

    /// - Parameter basePort: nil for the usual one; 0 takes free ones, of which none is planned.
    init(basePort: Int?, http: String?) throws {
        isCertain = basePort != nil || http != nil
        listeners = []
        if let plan = basePort == 0 ? nil : try PortPlan(base: basePort ?? UpOptions.usualBasePort) {
            for service in PortPlan.services {
                add(service, "RPC", "127.0.0.1:\(plan.rpc[service]!)")
                add(service, "admin HTTP", "127.0.0.1:\(plan.admin[service]!)")
            }
            add("intake", "LMTP", "127.0.0.1:\(plan.lmtp)")
        }
        add("gateway", "HTTP", http ?? UpOptions.usualHTTP)
        listeners.removeAll { Self.port($0.address) == 0 }
    }

    /// Those of a running system.
    init(_ system: RunningSystem) {
        isCertain = true
        listeners = []
        for service in system.services {
            add(service.name, "RPC", service.rpc)
            add(service.name, "admin HTTP", service.admin)
            if let lmtp = service.lmtp { add(service.name, "LMTP", lmtp) }
            if let http = service.http { add(service.name, "HTTP", http) }
        }
    }

    static func port(_ address: String) -> Int {
        address.lastIndex(of: ":").flatMap { Int(address[address.index(after: $0)...]) } ?? 0
    }

    private mutating func add(_ service: String, _ use: String, _ address: String) {
        listeners.append(Listener(service: service, use: use, address: address))
    }
}
