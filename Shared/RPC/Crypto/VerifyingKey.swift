import COpenSSL

/// A public Ed25519 key.
public struct VerifyingKey: Sendable {
    private let handle: KeyHandle

    init(_ handle: KeyHandle) {
        self.handle = handle
    }

    /// Reads SubjectPublicKeyInfo PEM.
    public init(pem: String) throws {
        let key = try PEM.read(pem, "read a public key") { PEM_read_bio_PUBKEY($0, nil, nil, nil) }
        handle = KeyHandle(key)
        guard EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else {
            throw TLSError("read a public key", reason: "it is not Ed25519")
        }
    }

    /// SubjectPublicKeyInfo PEM.
    public var pem: String {
        PEM.write { PEM_write_bio_PUBKEY($0, handle.pointer) }
    }

    /// Whether `signature` is the private key's over `bytes`.
    public func isValid(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, handle.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
    }
}
