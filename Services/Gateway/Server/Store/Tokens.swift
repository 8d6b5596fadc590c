import Model
import Store

extension Reader {
    /// The token of that hash, revoked or not.
    func token(hash: [UInt8]) throws -> Token? {
        guard let row = try row("SELECT * FROM tokens WHERE hash = ?", [.blob(hash)]),
            Secret.areEqual(try row.blob("hash"), hash)
        else { return nil }
        return try Token(row)
    }

    func token(id: Int64) throws -> Token? {
        try row("SELECT * FROM tokens WHERE id = ?", [.integer(id)]).map { try Token($0) }
    }

    /// Tokens after an id, in order of id.
    func tokens(after id: Int64, limit: Int) throws -> [Token] {
        try rows("SELECT * FROM tokens WHERE id > ? ORDER BY id LIMIT ?", [.integer(id), Value(limit)])
            .map { try Token($0) }
    }
}

extension Transaction {
    func insert(_ token: Token, hash: [UInt8]) throws {
        try execute(
            """
            INSERT INTO tokens (id, hash, name, role, user_id, requester_id, scopes, created_at, last_used_at, revoked_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)
            """,
            [
                .integer(token.id), .blob(hash), .text(token.name), Value(token.role.rawValue),
                token.userID == 0 ? .null : .integer(token.userID), .integer(token.requesterID),
                .text(token.scopes.joined(separator: " ")), .integer(token.createdAtMilliseconds),
            ])
    }

    /// Revokes once; the first time stays.
    func revokeToken(id: Int64) throws {
        try execute(
            "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at = 0",
            [.integer(nowMilliseconds), .integer(id)])
    }

    func markTokenUsed(id: Int64) throws {
        try execute("UPDATE tokens SET last_used_at = ? WHERE id = ?", [.integer(nowMilliseconds), .integer(id)])
    }
}

extension Token {
    init(_ row: Row) throws {
        self.init(
            id: try row.int("id"), name: try row.text("name"),
            role: Role(rawValue: Int32(try row.int("role"))) ?? .unspecified, userID: try row.intOrNil("user_id") ?? 0,
            requesterID: try row.int("requester_id"),
            scopes: try row.text("scopes").split(separator: " ").map(String.init),
            createdAtMilliseconds: try row.int("created_at"), lastUsedAtMilliseconds: try row.int("last_used_at"),
            revokedAtMilliseconds: try row.int("revoked_at"))
    }
}
