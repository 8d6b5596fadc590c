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

    public init(
        folder: String, service: String, migrations: [Migration], limits: StoreLimits = StoreLimits(),
        execution: StoreExecution = .threads
    ) {
        self.folder = folder
        self.service = service
        self.migrations = migrations
        self.limits = limits
        self.execution = execution
    }
}

/// One step of a schema's life: a name that never changes and literal SQL that never changes.
public struct Migration: Sendable, Hashable {
    public let name: String
    /// Statements in SQLite's dialect, separated by semicolons; they run in one transaction with the record that they ran.
    public let sqlite: String

    public init(_ name: String, sqlite: String) {
        self.name = name
        self.sqlite = sqlite
    }
}
