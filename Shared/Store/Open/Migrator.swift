/// Brings a store's schema up to what the program knows: each migration in one transaction with the record that it ran.
struct Migrator {
    let configuration: StoreConfiguration
    let clock: any WallClock

    /// Runs what has not run yet. Throws ``StoreError/newerSchema(migration:)`` before it touches a store that knows more.
    func run(_ connection: any Connection) throws {
        try connection.runScript(StoreSchema.migrationTable.sql(connection.dialect))
        let scopes = [("store", StoreSchema.migrations), ("service", configuration.migrations)]
        let applied = try scopes.map { scope, known in try check(connection, scope: scope, known: known) }
        // In PostgreSQL the operator's own backup goes before an upgrade; here the store is one file.
        let embedded = connection as? EmbeddedConnection
        let backup = MigrationBackup(folder: configuration.folder, service: configuration.service)
        let isBehind = zip(scopes, applied).contains { $0.0.1.count > $0.1 }
        // A new store has nothing to lose.
        if let embedded, isBehind, applied[1] > 0 {
            try backup.take(embedded.handle, version: SchemaVersion(seam: applied[0], service: applied[1]))
        }
        for ((scope, known), count) in zip(scopes, applied) {
            for place in count..<known.count {
                try apply(known[place], scope: scope, place: place, connection)
            }
            if scope == "store" { try claim(connection) }
        }
        try refuseDeferredConstraints(connection)
        if embedded != nil { try backup.finish() }
    }

    /// How many of `known` have run.
    private func check(_ connection: any Connection, scope: String, known: [Migration]) throws -> Int {
        let names = try connection.rows(
            "SELECT name FROM store_migration WHERE scope = ? ORDER BY place", [.text(scope)], limit: .max
        ).map { try $0.text("name") }
        for (place, name) in names.enumerated() {
            guard place < known.count else { throw StoreError.newerSchema(migration: name) }
            guard known[place].name == name else {
                throw StoreError.badMigration(
                    "migration \(place) is \(name) in the store and \(known[place].name) here")
            }
        }
        return names.count
    }

    private func apply(_ migration: Migration, scope: String, place: Int, _ connection: any Connection) throws {
        try connection.beginWriting()
        do {
            try connection.runScript(migration.sql(connection.dialect))
            try connection.execute(
                "INSERT INTO store_migration (scope, place, name, applied_at_ms) VALUES (?, ?, ?, ?)",
                [.text(scope), .integer(Int64(place)), .text(migration.name), .integer(clock.nowMilliseconds)])
            try connection.commit()
        } catch {
            if connection.isInTransaction { try connection.rollback() }
            throw error
        }
    }

    /// Makes a new store the service's own and begins its first term, or checks whose it is.
    private func claim(_ connection: any Connection) throws {
        _ = try connection.change(
            """
            INSERT INTO store_meta (singleton, service, term, journal_head, journal_at_ms) VALUES (1, ?, ?, 0, 0)
            ON CONFLICT (singleton) DO NOTHING
            """,
            [.text(configuration.service), .integer(max(1, clock.nowMilliseconds))])
        let owner = try connection.row("SELECT service FROM store_meta WHERE singleton = 1")?.text("service") ?? ""
        guard owner == configuration.service else { throw StoreError.otherService(owner) }
    }

    /// A deferred constraint fails at COMMIT, and would so take down the neighbours that share it.
    private func refuseDeferredConstraints(_ connection: any Connection) throws {
        let sql =
            switch connection.dialect {
            case .sqlite: "SELECT name FROM sqlite_schema WHERE sql LIKE '%INITIALLY DEFERRED%' ORDER BY name"
            case .postgres:
                """
                SELECT conrelid::regclass::text AS name FROM pg_constraint
                WHERE condeferred AND connamespace = current_schema()::regnamespace ORDER BY name
                """
            }
        let names = try connection.rows(sql, [], limit: .max).map { try $0.text("name") }
        guard names.isEmpty else {
            throw StoreError.badMigration("deferred constraints in \(names.joined(separator: ", "))")
        }
    }
}
