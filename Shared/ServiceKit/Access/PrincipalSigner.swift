public import Model
public import RPC
public import Store
import Wire

/// Says on whose behalf the gateway calls, so that every owner can check it.
///
/// A principal travels in the metadata key `principal` as `base64url(payload).base64url(signature)`: the payload is the encoded
/// `Principal`, the signature Ed25519's over exactly these bytes.
public struct PrincipalSigner: Sendable {
    /// How long a principal counts.
    public static let lifetimeMilliseconds: Int64 = 5 * 60 * 1_000

    private let key: SigningKey
    private let clock: any WallClock

    public init(key: SigningKey, clock: any WallClock = SystemClock()) {
        self.key = key
        self.clock = clock
    }

    /// - Parameter path: the private key, PEM.
    public init(path: String, clock: any WallClock = SystemClock()) throws {
        self.init(key: try SigningKey(pem: PEMFile.read(path)), clock: clock)
    }

    /// `principal` with an end to its life, signed.
    public func sign(_ principal: Principal) throws -> String {
        var principal = principal
        principal.expiresAtMilliseconds = clock.nowMilliseconds + PrincipalSigner.lifetimeMilliseconds
        let payload = try principal.serialized()
        return "\(Base64URL.encode(payload)).\(Base64URL.encode(key.sign(payload)))"
    }
}
