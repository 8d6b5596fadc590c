import GRDB

/// Brings a store's schema up to what the program knows: each migration in one transaction with the record that it ran.
struct Migrator {
    let configuration: StoreConfiguration
    let clock: any WallClock

    /// Runs what has not run yet. Throws ``StoreError/newerSchema(migration:)`` before it touches a store that knows more.
    func run(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS store_migration (
                    scope TEXT NOT NULL,
                    place INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    applied_at_ms INTEGER NOT NULL,
                    PRIMARY KEY (scope, place)
                ) STRICT, WITHOUT ROWID
                """)
        let scopes = [("store", StoreSchema.migrations), ("service", configuration.migrations)]
        let applied = try scopes.map { scope, known in try check(database, scope: scope, known: known) }
        let backup = MigrationBackup(folder: configuration.folder, service: configuration.service)
        let isBehind = zip(scopes, applied).contains { $0.0.1.count > $0.1 }
        // A new store has nothing to lose.
        if isBehind, applied[1] > 0 {
            try backup.take(database, version: SchemaVersion(seam: applied[0], service: applied[1]))
        }
        for ((scope, known), count) in zip(scopes, applied) {
            for place in count..<known.count {
                try apply(known[place], scope: scope, place: place, database)
            }
            if scope == "store" { try claim(database) }
        }
        try refuseDeferredConstraints(database)
        try backup.finish()
    }

    /// How many of `known` have run.
    private func check(_ database: Database, scope: String, known: [Migration]) throws -> Int {
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM store_migration WHERE scope = ? ORDER BY place", arguments: [scope])
        for (place, name) in names.enumerated() {
            guard place < known.count else { throw StoreError.newerSchema(migration: name) }
            guard known[place].name == name else {
                throw StoreError.badMigration(
                    "migration \(place) is \(name) in the store and \(known[place].name) here")
            }
        }
        return names.count
    }

    private func apply(_ migration: Migration, scope: String, place: Int, _ database: Database) throws {
        try database.execute(sql: "BEGIN IMMEDIATE")
        do {
            try database.execute(sql: migration.sqlite)
            try database.execute(
                sql: "INSERT INTO store_migration (scope, place, name, applied_at_ms) VALUES (?, ?, ?, ?)",
                arguments: [scope, place, migration.name, clock.nowMilliseconds])
            try database.execute(sql: "COMMIT")
        } catch {
            if database.isInsideTransaction { try database.execute(sql: "ROLLBACK") }
            throw error
        }
    }

    /// Makes a new store the service's own and begins its first term, or checks whose it is.
    private func claim(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO store_meta (singleton, service, term, journal_head, journal_at_ms) VALUES (1, ?, ?, 0, 0)
                ON CONFLICT (singleton) DO NOTHING
                """,
            arguments: [configuration.service, max(1, clock.nowMilliseconds)])
        let owner = try String.fetchOne(database, sql: "SELECT service FROM store_meta WHERE singleton = 1") ?? ""
        guard owner == configuration.service else { throw StoreError.otherService(owner) }
    }

    /// A deferred constraint fails at COMMIT, and would so take down the neighbours that share it.
    private func refuseDeferredConstraints(_ database: Database) throws {
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_schema WHERE sql LIKE '%INITIALLY DEFERRED%' ORDER BY name")
        guard names.isEmpty else {
            throw StoreError.badMigration("deferred constraints in \(names.joined(separator: ", "))")
        }
    }
}
