import Store

/// What a store in PostgreSQL told of its leader and of its server.
struct DatabaseAnswers: Sendable {
    var schema: String
    /// The server did not answer, or ended the session.
    var isUnreachable = false
    /// Whether the schema holds a store.
    var hasStore = false
    /// Nil when nobody has led it yet.
    var leader: StoreLeader?
    /// Nil when it could not be asked.
    var server: PostgresServer?
    /// A thorough look was asked for, and the server has nothing that compares indices with their tables.
    var lacksIndexCheck = false
    var inspector: PostgresInspector?

    init(schema: String) {
        self.schema = schema
    }

    mutating func ask(_ inspector: PostgresInspector, isThorough: Bool) throws {
        self.inspector = inspector
        hasStore = try inspector.hasStore()
        leader = try inspector.leader()
        server = try inspector.server()
        lacksIndexCheck = try isThorough && !inspector.canCheckIndices()
    }
}
