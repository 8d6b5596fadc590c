import Model
import RPC

/// A random secret that is told once; only its hash is kept.
struct Secret: Sendable {
    /// 256 random bits.
    let bytes: [UInt8]

    static func random() -> Secret { Secret(bytes: SecureRandom.bytes(32)) }

    /// 43 characters that are safe in URLs.
    var text: String { Base64URL.encode(bytes) }

    /// SHA-256 of a text.
    static func hash(_ text: some StringProtocol) -> [UInt8] { Digest.sha256(Array(text.utf8)) }

    /// SHA-256.
    static func hash(_ bytes: [UInt8]) -> [UInt8] { Digest.sha256(bytes) }

    /// Compares in a time that depends on the length alone.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool { constantTimeEquals(left, right) }
}

/// An API token's text: `flt_` and 43 characters.
enum TokenText {
    static let prefix = "flt_"

    static func isPlausible(_ text: some StringProtocol) -> Bool {
        text.hasPrefix(prefix) && text.utf8.count == prefix.utf8.count + 43
    }
}
