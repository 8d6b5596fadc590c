import Model
import Store

/// A user of the gateway, as far as mail concerns them.
struct StaffMember: Sendable, Hashable {
    var userID: Int64
    var role: Role
    var email: String

    /// As whom they act.
    var caller: Caller { Caller(role: role, userID: userID) }
}

extension Reader {
    /// The active user with that address.
    /// - Parameter email: normalised.
    func staffMember(email: String) throws -> StaffMember? {
        // Cast, for SQLite sets a bare parameter into the index's condition, and then prepares the statement anew for each value.
        try row(
            "SELECT user_id, role, email FROM staff WHERE email = CAST(? AS TEXT) AND email <> ''", [.text(email)]
        ).map { row in
            StaffMember(
                userID: try row.int("user_id"), role: try known("role", row, Role.init(rawValue:)),
                email: try row.text("email"))
        }
    }

    /// Active users whose address is still to be asked for, and the entry that told of each.
    func staffWithoutAddress(limit: Int) throws -> [(userID: Int64, revision: Int64)] {
        try rows(
            "SELECT user_id, revision FROM staff WHERE email = '' AND active = 1 ORDER BY user_id LIMIT ?",
            [.integer(Int64(limit))]
        ).map { (try $0.int("user_id"), try $0.int("revision")) }
    }
}

extension Transaction {
    /// A user was made or changed: whose address it is now is to be asked, and until then nobody acts under the old one.
    func putStaff(_ changed: UserChanged, revision: Int64) throws {
        try execute(
            """
            INSERT INTO staff (user_id, role, active, email, revision) VALUES (?1, ?2, ?3, '', ?4)
            ON CONFLICT (user_id) DO UPDATE SET role = ?2, active = ?3, email = '', revision = ?4
            """,
            [
                .integer(changed.userID), number(changed.role), .integer(changed.active ? 1 : 0), .integer(revision),
            ])
    }

    /// Keeps an address, unless the user was changed since it was asked for. Who had it before has it no longer.
    func putStaffAddress(_ email: String, userID: Int64, revision: Int64) throws {
        try execute(
            "UPDATE staff SET email = '' WHERE email = ? AND user_id <> ?", [.text(email), .integer(userID)])
        try execute(
            "UPDATE staff SET email = ? WHERE user_id = ? AND revision = ? AND active = 1",
            [.text(email), .integer(userID), .integer(revision)])
    }
}
