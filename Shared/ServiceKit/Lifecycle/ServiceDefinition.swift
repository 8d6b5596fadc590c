public import Store

/// What makes one of Firstline's services: its name, its schema, whom it talks to, its own settings, and how its parts are built.
public struct ServiceDefinition: Sendable {
    /// As in certificates, folders and flags: "sla-timer".
    public var name: String
    public var migrations: [Migration]
    /// The services whose journals it follows or whom it asks: each gets a setting `--peer-NAME`.
    public var peers: [String]
    /// Settings beyond those that every service has.
    public var keys: [ConfigKey]
    /// Keys of the addresses where other protocols are spoken: an instance that waits to lead hands those connections on to the leader.
    public var relayed: [String]
    /// What of its store is built anew where the store is moved.
    public var rebuilt: RebuiltTables?
    /// Called once, with the store open and nothing served yet.
    public var build: @Sendable (ServiceEnvironment) async throws -> ServiceParts

    public init(
        name: String, migrations: [Migration], peers: [String], keys: [ConfigKey] = [], relayed: [String] = [],
        rebuilt: RebuiltTables? = nil,
        build: @escaping @Sendable (ServiceEnvironment) async throws -> ServiceParts
    ) {
        self.name = name
        self.migrations = migrations
        self.peers = peers
        self.keys = keys
        self.relayed = relayed
        self.rebuilt = rebuilt
        self.build = build
    }

    /// The executable's name.
    public var program: String { "firstline-" + name }

    /// Every setting, in the order of the help.
    public var allKeys: [ConfigKey] { CommonKeys.keys(of: name, peers: peers) + keys }
}
