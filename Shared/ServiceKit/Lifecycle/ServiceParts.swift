public import ServiceLifecycle
public import Wire

/// What a definition built: everything that is served, followed and run.
public struct ServiceParts: Sendable {
    /// Handlers of its own RPC services. Health, reflection and the journal are added.
    public var handlers: [any ServiceHandler]
    public var followers: [FollowerDefinition]
    /// What works in the background, and listeners of other protocols. They end on graceful shutdown, before the store closes.
    public var services: [any Service]
    /// What must hold, beyond the store, for the service to count as ready.
    public var ready: [ReadyCheck]
    /// Names of the listeners that `services` will announce to `ServiceEnvironment.endpoints`, as "lmtp"; it is not ready before.
    public var endpoints: [String]

    public init(
        handlers: [any ServiceHandler], followers: [FollowerDefinition] = [], services: [any Service] = [],
        ready: [ReadyCheck] = [], endpoints: [String] = []
    ) {
        self.handlers = handlers
        self.followers = followers
        self.services = services
        self.ready = ready
        self.endpoints = endpoints
    }
}

/// Something that must hold for a service to be ready.
public struct ReadyCheck: Sendable {
    public var name: String
    /// Nil when it holds, else why not.
    public var problem: @Sendable () async -> String?

    public init(_ name: String, _ problem: @escaping @Sendable () async -> String?) {
        self.name = name
        self.problem = problem
    }
}
