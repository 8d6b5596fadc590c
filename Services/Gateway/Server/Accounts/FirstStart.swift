import Glibc
import Model
import ServiceKit
import Store
import Wire

/// Sees to it that someone can administrate: a first user, and a file with a token of theirs.
struct FirstStart: Sendable {
    let store: Store
    /// Where the administrator's token stands, mode 0600.
    let tokenFile: String

    static let tokenName = "admin.token"

    func run() async throws {
        try await store.write("first-start") { transaction in
            guard try transaction.users(after: 0, limit: 1).isEmpty else { return }
            let now = transaction.nowMilliseconds
            let user = User(
                id: try transaction.nextID("user"), name: "Administrator", email: "admin@localhost", role: .admin,
                active: true, createdAtMilliseconds: now, updatedAtMilliseconds: now)
            try transaction.insert(user)
            let context = CallContext(method: "", caller: Caller(role: .service, serviceName: "gateway"))
            try transaction.announce(user, context)
        }
        guard access(tokenFile, F_OK) != 0 else { return }
        // Beside PostgreSQL several instances have each a folder of their own: the token stands in that of the first.
        if store.dialect == .postgres, try await hasToken() { return }
        try await writeToken()
    }

    private func hasToken() async throws -> Bool {
        try await store.read { reader in
            try reader.row("SELECT id FROM tokens WHERE name = ? AND revoked_at = 0 LIMIT 1", [.text(Self.tokenName)])
                != nil
        }
    }

    /// The token is committed before the file stands: what the file says always holds.
    private func writeToken() async throws {
        let text = TokenText.prefix + Secret.random().text
        let isMade = try await store.write("administrator-token") { transaction in
            guard let administrator = try transaction.firstAdministrator() else { return false }
            try transaction.execute(
                "UPDATE tokens SET revoked_at = ? WHERE name = ? AND revoked_at = 0",
                [.integer(transaction.nowMilliseconds), .text(Self.tokenName)])
            let token = Token(
                id: try transaction.nextID("token"), name: Self.tokenName, role: .admin, userID: administrator.id,
                createdAtMilliseconds: transaction.nowMilliseconds)
            try transaction.insert(token, hash: Secret.hash(text))
            return true
        }
        if isMade { try write(text + "\n") }
    }

    private func write(_ text: String) throws {
        let draft = tokenFile + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileFault(path: draft, code: errno) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0, rename(draft, tokenFile) == 0
        else {
            throw FileFault(path: draft, code: errno)
        }
    }

    /// The token file could not be written.
    struct FileFault: Error, CustomStringConvertible {
        var path: String
        var code: Int32
        var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
    }
}
