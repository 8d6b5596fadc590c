import Model
import Store

extension Reader {
    func user(id: Int64) throws -> User? {
        try row("SELECT * FROM users WHERE id = ?", [.integer(id)]).map { try User($0) }
    }

    func user(email: String) throws -> User? {
        try row("SELECT * FROM users WHERE email = ?", [.text(email)]).map { try User($0) }
    }

    /// The administrator who was there first.
    func firstAdministrator() throws -> User? {
        try row(
            "SELECT * FROM users WHERE role = ? AND active = 1 ORDER BY id LIMIT 1", [Value(Role.admin.rawValue)]
        ).map { try User($0) }
    }

    /// Users after an id, in order of id. Empty `ids` or `roles` limit nothing.
    func users(after id: Int64, limit: Int, ids: [Int64] = [], roles: [Role] = []) throws -> [User] {
        var conditions = "id > ?"
        var values: [Value] = [.integer(id)]
        if !ids.isEmpty {
            conditions += " AND id IN (\(Self.marks(ids.count)))"
            values += ids.map { .integer($0) }
        }
        if !roles.isEmpty {
            conditions += " AND role IN (\(Self.marks(roles.count)))"
            values += roles.map { Value($0.rawValue) }
        }
        return try rows("SELECT * FROM users WHERE \(conditions) ORDER BY id LIMIT ?", values + [Value(limit)])
            .map { try User($0) }
    }

    /// The names of these users.
    func userNames(_ ids: Set<Int64>) throws -> [Int64: String] {
        let ids = ids.filter { $0 != 0 }.sorted()
        guard !ids.isEmpty else { return [:] }
        let rows = try rows(
            "SELECT id, name FROM users WHERE id IN (\(Self.marks(ids.count)))", ids.map { .integer($0) })
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.int("id"), try $0.text("name")) })
    }

    private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}

extension Transaction {
    func insert(_ user: User) throws {
        try execute(
            """
            INSERT INTO users (id, name, email, role, active, language, created_at, updated_at, signature)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(user.id), .text(user.name), .text(user.email), Value(user.role.rawValue), Value(user.active),
                .text(user.language), .integer(user.createdAtMilliseconds), .integer(user.updatedAtMilliseconds),
                .text(user.signature),
            ])
    }

    func update(_ user: User) throws {
        try execute(
            """
            UPDATE users SET name = ?, email = ?, role = ?, active = ?, language = ?, updated_at = ?, signature = ? WHERE id = ?
            """,
            [
                .text(user.name), .text(user.email), Value(user.role.rawValue), Value(user.active),
                .text(user.language), .integer(user.updatedAtMilliseconds), .text(user.signature), .integer(user.id),
            ])
    }
}

extension User {
    init(_ row: Row) throws {
        self.init(
            id: try row.int("id"), name: try row.text("name"), email: try row.text("email"),
            role: Role(rawValue: Int32(try row.int("role"))) ?? .unspecified, active: try row.bool("active"),
            createdAtMilliseconds: try row.int("created_at"), updatedAtMilliseconds: try row.int("updated_at"),
            language: try row.text("language"), signature: try row.text("signature"))
    }
}
