import HTTPTypes
import Model
import Store

/// Tells who makes a request, by its bearer token or its session cookie.
struct Authenticator: Sendable {
    let store: Store
    let clock: any WallClock
    private let uses = TokenUses()

    init(store: Store, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    static let cookieName = "firstline_session"
    static let sessionMilliseconds: Int64 = 7 * 86_400_000
    /// A token's last use is written down no more often than this.
    static let usageMilliseconds: Int64 = 600_000

    /// Nil when the request brings no credential; throws 401 when it brings one that does not hold.
    func identity(of call: HTTPCall) async throws -> Identity? {
        if let header = call.headers[.authorization] { return try await identity(authorization: header) }
        if let secret = call.cookie(Self.cookieName) { return try await identity(session: secret) }
        return nil
    }

    private func identity(authorization: String) async throws -> Identity {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", TokenText.isPlausible(parts[1]) else {
            throw Self.refusal
        }
        let hash = Secret.hash(parts[1])
        let found = try await store.read { reader -> (Token, User?)? in
            guard let token = try reader.token(hash: hash), token.revokedAtMilliseconds == 0 else { return nil }
            return (token, token.userID == 0 ? nil : try reader.user(id: token.userID))
        }
        guard let (token, user) = found, let caller = Self.caller(of: token, user) else { throw Self.refusal }
        let now = clock.nowMilliseconds
        if now - token.lastUsedAtMilliseconds > Self.usageMilliseconds, uses.begin(token.id, at: now) {
            await markUsed(token)
        }
        return Identity(credential: .token(id: token.id, name: token.name), caller: caller, user: user)
    }

    /// A note that cannot be kept, as on a full disk, keeps nobody from reading.
    private func markUsed(_ token: Token) async {
        _ = try? await store.write("token-used") { try $0.markTokenUsed(id: token.id) }
    }

    /// A token never allows more than its user may by now.
    static func caller(of token: Token, _ user: User?) -> Caller? {
        if token.role == .requester {
            guard token.requesterID != 0 else { return nil }
            return Caller(role: .requester, requesterID: token.requesterID, scopes: token.scopes)
        }
        guard let user, user.active, token.role.isStaff, user.role.isStaff else { return nil }
        let role = token.role.rawValue < user.role.rawValue ? token.role : user.role
        return Caller(role: role, userID: user.id, scopes: token.scopes)
    }

    private func identity(session secret: String) async throws -> Identity? {
        let (hash, now) = (Secret.hash(secret), clock.nowMilliseconds)
        let found = try await store.read { reader -> (Session, User)? in
            guard let session = try reader.session(hash: hash), session.expiresAtMilliseconds > now,
                let user = try reader.user(id: session.userID), user.active
            else { return nil }
            return (session, user)
        }
        guard let (session, user) = found else { return nil }
        return Identity(
            credential: .session(id: session.id), caller: Caller(role: user.role, userID: user.id), user: user,
            csrfToken: Self.csrfToken(ofSession: secret))
    }

    /// Follows from the session's secret, so that nothing more need be kept.
    static func csrfToken(ofSession secret: String) -> String { Base64URL.encode(Secret.hash("csrf:" + secret)) }

    private static let refusal = Problem.unauthenticated("The token is unknown, revoked or of another house.")
}
