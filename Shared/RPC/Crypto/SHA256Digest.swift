import COpenSSL

/// SHA-256 (FIPS 180-4), a part at a time.
public struct SHA256Digest: ~Copyable {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has no SHA-256")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    public mutating func update(_ bytes: [UInt8]) {
        precondition(EVP_DigestUpdate(context, bytes, bytes.count) == 1)
    }

    /// The digest of what came so far, in lower-case hexadecimal. Nothing may follow.
    public mutating func hexadecimal() -> String {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
            precondition(EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1)
            initialized = 32
        }.hexadecimal
    }
}
