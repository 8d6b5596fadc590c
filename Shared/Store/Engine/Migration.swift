/// One step of a schema's life: a name that never changes and literal SQL that never changes.
public struct Migration: Sendable, Hashable {
    public let name: String
    /// Statements in SQLite's dialect, separated by semicolons; they run in one transaction with the record that they ran.
    public let sqlite: String
    /// The same in PostgreSQL's.
    public let postgres: String

    /// - Parameter postgres: nil where only the names of types differ, as ``PostgresDefinitions`` tells.
    public init(_ name: String, sqlite: String, postgres: String? = nil) {
        self.name = name
        self.sqlite = sqlite
        self.postgres = postgres ?? PostgresDefinitions.translated(sqlite)
    }

    func sql(_ dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: sqlite
        case .postgres: postgres
        }
    }
}
