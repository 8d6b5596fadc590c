import Model
import Store
import Wire

/// Teams, and the SQL that keeps them.
enum TeamStore {
    static func create(_ team: Team, in transaction: Transaction) throws -> Team {
        var team = team
        team.id = try transaction.nextID("team")
        team.createdAtMilliseconds = transaction.nowMilliseconds
        team.updatedAtMilliseconds = transaction.nowMilliseconds
        try transaction.execute(
            "INSERT INTO teams (id, name, created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?)",
            [
                .integer(team.id), .text(team.name), .integer(team.createdAtMilliseconds),
                .integer(team.updatedAtMilliseconds),
            ])
        return team
    }

    static func find(_ id: Int64, in reader: Reader) throws -> Team? {
        try reader.row("SELECT id, name, created_at_ms, updated_at_ms FROM teams WHERE id = ?", [.integer(id)])
            .map(team)
    }

    static func isNameTaken(_ name: String, byOtherThan id: Int64, in reader: Reader) throws -> Bool {
        try reader.row("SELECT 1 AS taken FROM teams WHERE name = ? AND id <> ?", [.text(name), .integer(id)]) != nil
    }

    /// In order of their ids, after one.
    static func list(after id: Int64, limit: Int, in reader: Reader) throws -> [Team] {
        try reader.rows(
            "SELECT id, name, created_at_ms, updated_at_ms FROM teams WHERE id > ? ORDER BY id LIMIT ?",
            [.integer(id), .integer(Int64(limit))]
        ).map(team)
    }

    static func rename(_ id: Int64, to name: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE teams SET name = ?, updated_at_ms = ? WHERE id = ?",
            [.text(name), .integer(transaction.nowMilliseconds), .integer(id)])
    }

    private static func team(_ row: Row) throws -> Team {
        Team(
            id: try row.int("id"), name: try row.text("name"), createdAtMilliseconds: try row.int("created_at_ms"),
            updatedAtMilliseconds: try row.int("updated_at_ms"))
    }
}
