/// Tables that hold nothing of their own: a move does not carry them, they are built anew from the others.
public struct RebuiltTables: Sendable {
    /// Tells how many things are done, of how many.
    public typealias Progress = @Sendable (_ done: Int64, _ total: Int64) -> Void

    /// Those that an SQLite store has as ordinary tables; virtual tables are never carried.
    public var names: Set<String>
    /// Builds them, or goes on where it was cut short.
    public var rebuild: @Sendable (Store, @escaping Progress) async throws -> Void

    public init(names: Set<String>, rebuild: @escaping @Sendable (Store, @escaping Progress) async throws -> Void) {
        self.names = names
        self.rebuild = rebuild
    }
}
