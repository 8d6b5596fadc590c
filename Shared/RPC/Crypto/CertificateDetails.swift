import COpenSSL
import Glibc

/// What stands in a certificate, for those who look after it.
///
/// `@unchecked`: it is not changed after it was read, and OpenSSL reads it from many threads.
public final class CertificateDetails: @unchecked Sendable {
    private let certificate: OpaquePointer

    /// Reads the first certificate of a PEM text.
    public init(pem: String) throws {
        certificate = try PEM.read(pem, "read a certificate") { PEM_read_bio_X509($0, nil, nil, nil) }
    }

    deinit {
        X509_free(certificate)
    }

    /// Every certificate of a PEM text, as of the authorities that are trusted.
    public static func all(pem: String) throws -> [CertificateDetails] {
        let marker = "-----BEGIN CERTIFICATE-----"
        let found = try pem.split(separator: marker, omittingEmptySubsequences: false).dropFirst().map {
            try CertificateDetails(pem: marker + $0)
        }
        guard !found.isEmpty else { throw TLSError("read a certificate", reason: "there is none") }
        return found
    }

    /// The first instant at which it is valid, in milliseconds since the epoch.
    public var notBeforeMilliseconds: Int64 { Self.milliseconds(X509_get0_notBefore(certificate)) }

    /// The last one.
    public var notAfterMilliseconds: Int64 { Self.milliseconds(X509_get0_notAfter(certificate)) }

    /// NAME of its only URI SAN `spiffe://firstline/NAME`; nil when it has none.
    public var serviceName: String? { certificateServiceName(certificate) }

    /// Whether a private key is the certificate's own.
    public func fits(_ keyPEM: String) -> Bool {
        defer { ERR_clear_error() }
        guard let key = try? PEM.read(keyPEM, "read a private key", { PEM_read_bio_PrivateKey($0, nil, nil, nil) })
        else { return false }
        defer { EVP_PKEY_free(key) }
        return X509_check_private_key(certificate, key) == 1
    }

    public func isSame(as other: CertificateDetails) -> Bool { X509_cmp(certificate, other.certificate) == 0 }

    /// Whether this is the certificate of the authority that signed `other`.
    public func hasSigned(_ other: CertificateDetails) -> Bool {
        defer { ERR_clear_error() }
        return X509_verify(other.certificate, X509_get0_pubkey(certificate)) == 1
    }

    private static func milliseconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = tm()
        ASN1_TIME_to_tm(time, &parts)
        return Int64(timegm(&parts)) * 1_000
    }
}
