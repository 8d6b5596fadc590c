public import Model
public import RPC
public import Store
import Synchronization
import Wire

/// Checks signed principals, and remembers which it has checked: a session's calls carry the same one for minutes.
public final class PrincipalVerifier: Sendable {
    /// How many checked principals are remembered.
    static let limitRemembered = 4_096
    /// How far the signer's clock may be ahead of ours.
    static let skewMilliseconds: Int64 = 30_000
    /// The longest principal taken, in bytes.
    static let limitBytes = 4_096

    private let key: VerifyingKey
    private let clock: any WallClock
    private let checked = Mutex<[String: Principal]>([:])

    public init(key: VerifyingKey, clock: any WallClock = SystemClock()) {
        self.key = key
        self.clock = clock
    }

    /// - Parameter path: the public key, PEM.
    public convenience init(path: String, clock: any WallClock = SystemClock()) throws {
        self.init(key: try VerifyingKey(pem: PEMFile.read(path)), clock: clock)
    }

    /// Whom `text` speaks for.
    /// - Throws: `RPCError` UNAUTHENTICATED, `invalid_principal` or `expired_principal`.
    public func verify(_ text: String) throws -> Principal {
        let now = clock.nowMilliseconds
        if let known = checked.withLock({ $0[text] }) {
            guard now < known.expiresAtMilliseconds else { throw Self.expired }
            return known
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.limitBytes, parts.count == 2, let payload = Base64URL.decode(parts[0]),
            let signature = Base64URL.decode(parts[1]), key.isValid(signature, for: payload),
            let principal = try? Principal(serialized: payload), principal.role != .unspecified,
            principal.role != .service
        else {
            throw RPCError(
                .unauthenticated, "the principal is not valid", detail: ErrorDetail(code: "invalid_principal"))
        }
        let latest = now + PrincipalSigner.lifetimeMilliseconds + Self.skewMilliseconds
        guard now < principal.expiresAtMilliseconds, principal.expiresAtMilliseconds <= latest else {
            throw Self.expired
        }
        checked.withLock { checked in
            if checked.count >= Self.limitRemembered {
                checked = checked.filter { $0.value.expiresAtMilliseconds > now }
            }
            if checked.count >= Self.limitRemembered { checked.removeAll() }
            checked[text] = principal
        }
        return principal
    }

    private static var expired: RPCError {
        RPCError(.unauthenticated, "the principal has expired", detail: ErrorDetail(code: "expired_principal"))
    }
}
