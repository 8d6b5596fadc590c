#if canImport(Glibc)
    import Glibc
#endif

/// Tells whether there is a store in a place, without making one.
enum StorePresence {
    static func isThere(_ configuration: StoreConfiguration) throws -> Bool {
        switch configuration.database {
        case .sqlite: return access(configuration.folder + "/store.sqlite", F_OK) == 0
        case .postgres(let address):
            let session = try PostgresSession(address, name: "firstline \(configuration.service)")
            return try session.rows("SELECT to_regclass('store_meta') IS NOT NULL AS found").first?.bool("found")
                ?? false
        }
    }
}

extension StoreConfiguration {
    /// How a message names where the store is.
    var place: String {
        switch database {
        case .sqlite: folder
        case .postgres(let address): "schema \(address.schema)"
        }
    }
}
