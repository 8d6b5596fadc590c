import COpenSSL

/// A private Ed25519 key (RFC 8032).
public struct SigningKey: Sendable {
    private let handle: KeyHandle

    /// A new key.
    public init() {
        let seed = SecureRandom.bytes(32)
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            preconditionFailure("32 bytes are an Ed25519 key")
        }
        handle = KeyHandle(key)
    }

    /// Reads PKCS #8 PEM.
    public init(pem: String) throws {
        let key = try PEM.read(pem, "read a private key") { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        handle = KeyHandle(key)
        guard EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else {
            throw TLSError("read a private key", reason: "it is not Ed25519")
        }
    }

    /// PKCS #8 PEM, not encrypted.
    public var pem: String {
        PEM.write { PEM_write_bio_PrivateKey($0, handle.pointer, nil, nil, 0, nil, nil) }
    }

    public var verifyingKey: VerifyingKey { VerifyingKey(handle) }

    /// The signature, 64 bytes.
    public func sign(_ bytes: [UInt8]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, initialized in
            var length = 64
            precondition(
                EVP_DigestSignInit(context, nil, nil, nil, handle.pointer) == 1
                    && EVP_DigestSign(context, buffer.baseAddress, &length, bytes, bytes.count) == 1,
                "Ed25519 signs everything")
            initialized = length
        }
    }
}
