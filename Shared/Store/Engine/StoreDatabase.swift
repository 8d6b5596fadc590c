/// Where a store's database is.
public enum StoreDatabase: Sendable, Hashable {
    /// `store.sqlite` in the service's folder.
    case sqlite
    /// A schema in a database of a PostgreSQL server.
    case postgres(PostgresAddress)
}

/// How to reach a PostgreSQL database, and who we are there.
public struct PostgresAddress: Sendable, Hashable {
    /// As libpq takes it: `postgres://user@host:port/database?option=value`. May hold a password: never shown.
    public var url: String
    /// The schema that holds the tables; made when missing. One database may so hold every service's store.
    public var schema: String
    /// The RPC address at which other services reach this instance while it leads.
    public var advertised: String

    /// - Parameter schema: letters, digits and underscores.
    public init(url: String, schema: String, advertised: String = "") {
        self.url = url
        self.schema = schema
        self.advertised = advertised
    }
}
