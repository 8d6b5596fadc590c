/// What a store needs to open.
public struct StoreConfiguration: Sendable {
    /// `DATA/<service>`; made with mode 0700 when missing.
    public var folder: String
    /// The owner's name, as "sla-timer"; a folder of another service is refused.
    public var service: String
    /// The service's migrations, oldest first. Append-only.
    public var migrations: [Migration]
    public var limits: StoreLimits
    public var execution: StoreExecution
    public var database: StoreDatabase
    /// Opens a store that is being filled from another: for the move alone.
    var acceptsUnfinishedMove = false

    public init(
        folder: String, service: String, migrations: [Migration], limits: StoreLimits = StoreLimits(),
        execution: StoreExecution = .threads, database: StoreDatabase = .sqlite
    ) {
        self.folder = folder
        self.service = service
        self.migrations = migrations
        self.limits = limits
        self.execution = execution
        self.database = database
    }
}
