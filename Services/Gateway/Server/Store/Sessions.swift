import Model
import Store

/// A user's stay in the console.
struct Session: Sendable, Hashable {
    var id: Int64
    var userID: Int64
    var expiresAtMilliseconds: Int64
}

extension Reader {
    func session(hash: [UInt8]) throws -> Session? {
        guard let row = try row("SELECT * FROM sessions WHERE hash = ?", [.blob(hash)]),
            Secret.areEqual(try row.blob("hash"), hash)
        else { return nil }
        return Session(
            id: try row.int("id"), userID: try row.int("user_id"), expiresAtMilliseconds: try row.int("expires_at"))
    }

    /// Whose sign-in link this is, while it is neither used nor expired.
    func signInLink(hash: [UInt8], now: Int64) throws -> Int64? {
        try row(
            "SELECT user_id FROM sign_in_links WHERE hash = ? AND used_at = 0 AND expires_at > ?",
            [.blob(hash), .integer(now)]
        ).map { try $0.int("user_id") }
    }
}

extension Transaction {
    func insertSignInLink(hash: [UInt8], userID: Int64, expiresAt: Int64) throws {
        try execute(
            "DELETE FROM sign_in_links WHERE expires_at < ?", [.integer(nowMilliseconds - Self.keptMilliseconds)])
        try execute(
            "INSERT INTO sign_in_links (hash, user_id, expires_at, used_at) VALUES (?, ?, ?, 0)",
            [.blob(hash), .integer(userID), .integer(expiresAt)])
    }

    /// Uses up a link; nil when it is unknown, used or expired.
    func useSignInLink(hash: [UInt8]) throws -> Int64? {
        guard let userID = try signInLink(hash: hash, now: nowMilliseconds) else { return nil }
        try execute("UPDATE sign_in_links SET used_at = ? WHERE hash = ?", [.integer(nowMilliseconds), .blob(hash)])
        return userID
    }

    func insertSession(hash: [UInt8], userID: Int64, expiresAt: Int64) throws {
        try execute("DELETE FROM sessions WHERE expires_at < ?", [.integer(nowMilliseconds)])
        try execute(
            "INSERT INTO sessions (id, hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            [
                .integer(try nextID("session")), .blob(hash), .integer(userID), .integer(nowMilliseconds),
                .integer(expiresAt),
            ])
    }

    func deleteSession(id: Int64) throws {
        try execute("DELETE FROM sessions WHERE id = ?", [.integer(id)])
    }

    /// A user who is no longer active leaves at once.
    func deleteSessions(userID: Int64) throws {
        try execute("DELETE FROM sessions WHERE user_id = ?", [.integer(userID)])
    }

    /// How long a used or expired link is still known, in milliseconds.
    private static var keptMilliseconds: Int64 { 7 * 86_400_000 }
}
