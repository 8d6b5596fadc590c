import Model
import Store
import Synchronization

/// Turns an identity into the signed principal that owners believe, and keeps it for as long as it is fresh.
final class PrincipalIssuer: Sendable {
    private struct Issued {
        var text: String
        var expiresAtMilliseconds: Int64
    }

    /// How long a principal lives.
    static let lifetimeMilliseconds: Int64 = 300_000
    /// A principal is issued anew when it has less than this left.
    static let freshMilliseconds: Int64 = 60_000
    /// How many are kept.
    static let limit = 4_096

    private let sign: @Sendable (Principal) throws -> String
    private let clock: any WallClock
    private let issued = Mutex<[Identity: Issued]>([:])

    init(clock: any WallClock, sign: @escaping @Sendable (Principal) throws -> String) {
        self.clock = clock
        self.sign = sign
    }

    func principal(of identity: Identity) throws -> String {
        let now = clock.nowMilliseconds
        if let kept = issued.withLock({ $0[identity] }), kept.expiresAtMilliseconds - now > Self.freshMilliseconds {
            return kept.text
        }
        let expiry = now + Self.lifetimeMilliseconds
        let caller = identity.caller
        let text = try sign(
            Principal(
                role: caller.role, userID: caller.userID, requesterID: caller.requesterID, scopes: caller.scopes,
                expiresAtMilliseconds: expiry, tokenName: identity.credentialName))
        issued.withLock { issued in
            if issued.count >= Self.limit { issued.removeAll(keepingCapacity: true) }
            issued[identity] = Issued(text: text, expiresAtMilliseconds: expiry)
        }
        return text
    }
}
