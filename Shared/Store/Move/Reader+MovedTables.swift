extension Reader {
    /// What is carried row by row, parents first, as the catalogue of an SQLite store tells it: all but virtual tables and what is told
    /// otherwise.
    /// - Parameter derived: tables that are built anew from others.
    func movedTables(leavingOut derived: Set<String>) throws -> [MovedTable] {
        precondition(dialect == .sqlite)
        // What says how far the schema has come, what the writer keeps in memory, and blobs, which are carried each by its hash.
        let own: Set<String> = [
            "store_migration", "store_meta", "store_counter", "store_blob", "store_blob_part", "store_upload",
        ]
        let names = try rows(
            """
            SELECT s.name AS name FROM sqlite_schema s JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'
            WHERE l.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.rowid
            """
        ).map { try $0.text("name") }.filter { !own.contains($0) && !derived.contains($0) }
        var parents: [String: Set<String>] = [:]
        for name in names {
            parents[name] = Set(
                try rows("SELECT \"table\" AS parent FROM pragma_foreign_key_list(?)", [.text(name)])
                    .map { try $0.text("parent") })
        }
        guard let sorted = TableOrder.sorted(names, parents: parents) else {
            throw StoreError.badMigration("foreign keys run in a circle")
        }
        return try sorted.map(movedTable)
    }

    private func movedTable(_ name: String) throws -> MovedTable {
        let columns = try rows("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [.text(name)])
        let key = try columns.filter { try $0.int("pk") > 0 }.sorted { try $0.int("pk") < $1.int("pk") }
        guard !key.isEmpty else { throw StoreError.badMigration("\(name) has no primary key") }
        return MovedTable(
            name: name, columns: try columns.map { try $0.text("name") }, key: try key.map { try $0.text("name") })
    }
}
