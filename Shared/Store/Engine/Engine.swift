import Logging

/// The database beneath a store: SQLite in the service's folder, or PostgreSQL.
protocol Engine: AnyObject, Sendable {
    /// The one connection that writes.
    var writer: any Connection { get }
    /// The connections that only read.
    var readers: [any Connection] { get }
    /// Which life of leading this is, greater than any before; 0 where nobody else can lead.
    var leaderTerm: Int64 { get }
    /// Whether what is committed may still be served and written: a leader that has been silent for too long may not.
    var isLeading: Bool { get }
    /// What is due after a commit that has been answered. Runs on the writer's queue; returns whether a checkpoint was made.
    /// Throws the errors after which the process must not go on.
    func afterCommit(_ logger: Logger) throws -> Bool
    /// Pages in the write-ahead log after the last commit; 0 where there is none of ours.
    var logPages: Int32 { get }
    /// The statements that make up the schema, sorted.
    func schema(_ reader: Reader) throws -> [String]
    /// Ends what the engine does by itself, when the connections are closed.
    func close() async
}
