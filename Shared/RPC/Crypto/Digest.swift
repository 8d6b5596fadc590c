import COpenSSL

/// SHA-256 (FIPS 180-4), HMAC over it (RFC 2104), and what goes with them.
public enum Digest {
    /// 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
            SHA256(bytes, bytes.count, buffer.baseAddress)
            initialized = length
        }
    }

    /// 32 bytes.
    public static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
            var written: UInt32 = 0
            HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, buffer.baseAddress, &written)
            precondition(Int(written) == length, "HMAC-SHA-256 is 32 bytes")
            initialized = length
        }
    }

    private static let length = 32
}

/// Compares secrets in a time that does not tell where they differ.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits for each byte.
    public var hexadecimal: String {
        var text = ""
        text.reserveCapacity(underestimatedCount * 2)
        for byte in self {
            for digit in [byte >> 4, byte & 0x0F] {
                text.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 0x30 + digit : 0x57 + digit))
            }
        }
        return text
    }
}
