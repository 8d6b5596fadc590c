import COpenSSL

/// An authority that signs the certificates of one installation: ECDSA P-256 and SHA-256, X.509 version 3 (RFC 5280).
///
/// `@unchecked`: certificate and key are not changed after they were made, and OpenSSL reads them from many threads.
public final class CertificateAuthority: @unchecked Sendable {
    /// How long a certificate lives, in seconds from now; the beginning lies a little back for clocks that are slow.
    public struct Validity: Sendable, Hashable {
        public var notBeforeSeconds: Int
        public var notAfterSeconds: Int

        public init(notBeforeSeconds: Int = -300, notAfterSeconds: Int) {
            self.notBeforeSeconds = notBeforeSeconds
            self.notAfterSeconds = notAfterSeconds
        }

        public static func days(_ days: Int) -> Validity { Validity(notAfterSeconds: days * 86_400) }
    }

    private let certificate: OpaquePointer
    private let key: KeyHandle

    /// A new authority with a key of its own.
    public init(name: String = "Firstline CA", validity: Validity = .days(3_650)) throws {
        let key = try Self.generateKey()
        self.key = key
        certificate = try Self.makeCertificate(name: name, key: key, issuer: nil, validity: validity) { certificate in
            try certificate.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
            try certificate.add(NID_key_usage, "critical,keyCertSign,cRLSign")
            try certificate.add(NID_subject_key_identifier, "hash")
        }
    }

    /// Reads an authority that was made before.
    public init(_ credential: Credential) throws {
        key = KeyHandle(
            try PEM.read(credential.keyPEM, "read a private key") { PEM_read_bio_PrivateKey($0, nil, nil, nil) })
        certificate = try PEM.read(credential.certificatePEM, "read a certificate") {
            PEM_read_bio_X509($0, nil, nil, nil)
        }
        try TLSError.check(
            X509_check_private_key(certificate, key.pointer), "match the authority's key with its certificate")
    }

    deinit {
        X509_free(certificate)
    }

    /// The authority's own certificate and key.
    public var credential: Credential { Credential(certificatePEM: certificatePEM, keyPEM: Self.pem(key)) }

    /// What those who trust the authority need.
    public var certificatePEM: String { PEM.write { PEM_write_bio_X509($0, certificate) } }

    /// Whether this authority signed a certificate.
    public func hasSigned(certificatePEM: String) throws -> Bool {
        let signed = try PEM.read(certificatePEM, "read a certificate") { PEM_read_bio_X509($0, nil, nil, nil) }
        defer { X509_free(signed) }
        defer { ERR_clear_error() }
        return X509_verify(signed, X509_get0_pubkey(certificate)) == 1
    }

    /// Signs a new certificate with a key of its own, for server and client.
    /// - Parameters:
    ///   - service: NAME of the URI SAN `spiffe://firstline/NAME`; lower-case letters, digits, `-`, `_` and `.`.
    ///   - hosts: DNS names that it stands for.
    ///   - addresses: IP addresses that it stands for.
    public func issue(
        service: String, hosts: [String] = ["localhost"], addresses: [String] = ["127.0.0.1", "::1"],
        validity: Validity = .days(825)
    ) throws -> Credential {
        // The names go into a configuration text of OpenSSL's, where a comma or a newline would begin something else.
        for name in [service] + hosts + addresses where !Self.isPlainName(name) {
            throw TLSError(
                "issue a certificate", reason: "the name \(name) has other characters than letters, digits, . : _ -")
        }
        let key = try Self.generateKey()
        let names = ["URI:" + serviceURIPrefix + service] + hosts.map { "DNS:" + $0 } + addresses.map { "IP:" + $0 }
        let signed = try Self.makeCertificate(
            name: service, key: key, issuer: (certificate, self.key), validity: validity
        ) { certificate in
            try certificate.add(NID_basic_constraints, "critical,CA:FALSE")
            try certificate.add(NID_key_usage, "critical,digitalSignature")
            try certificate.add(NID_ext_key_usage, "serverAuth,clientAuth")
            try certificate.add(NID_subject_alt_name, names.joined(separator: ","))
            try certificate.add(NID_subject_key_identifier, "hash")
            try certificate.add(NID_authority_key_identifier, "keyid:always")
        }
        defer { X509_free(signed) }
        return Credential(certificatePEM: PEM.write { PEM_write_bio_X509($0, signed) }, keyPEM: Self.pem(key))
    }

    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 253
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func pem(_ key: KeyHandle) -> String {
        PEM.write { PEM_write_bio_PrivateKey($0, key.pointer, nil, nil, 0, nil, nil) }
    }

    private static func generateKey() throws -> KeyHandle {
        KeyHandle(try TLSError.check(firstline_EVP_P256_generate(), "make a key"))
    }

    /// - Parameter issuer: nil for one that signs itself.
    private static func makeCertificate(
        name: String, key: KeyHandle, issuer: (certificate: OpaquePointer, key: KeyHandle)?, validity: Validity,
        extend: (CertificateExtensions) throws -> Void
    ) throws -> OpaquePointer {
        ERR_clear_error()
        let certificate = try TLSError.check(X509_new(), "make a certificate")
        do {
            try TLSError.check(X509_set_version(certificate, 2), "set the version")
            // 127 random bits: positive, and never the same twice (RFC 5280, 4.1.2.2).
            var serial = SecureRandom.bytes(16)
            serial[0] = serial[0] & 0x7F | 0x40
            let number = try TLSError.check(BN_bin2bn(serial, Int32(serial.count), nil), "make a serial number")
            defer { BN_free(number) }
            _ = try TLSError.check(
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)), "set the serial number")
            let subject = X509_get_subject_name(certificate)
            try TLSError.check(
                X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, name, Int32(name.utf8.count), -1, 0),
                "set the name")
            let issuerName = issuer.map { X509_get_subject_name($0.certificate) } ?? subject
            try TLSError.check(X509_set_issuer_name(certificate, issuerName), "set the issuer")
            try TLSError.check(
                firstline_X509_set_not_before(certificate, validity.notBeforeSeconds), "set the validity")
            try TLSError.check(firstline_X509_set_not_after(certificate, validity.notAfterSeconds), "set the validity")
            try TLSError.check(X509_set_pubkey(certificate, key.pointer), "set the key")
            try extend(CertificateExtensions(certificate: certificate, issuer: issuer?.certificate ?? certificate))
            try TLSError.check(
                X509_sign(certificate, (issuer?.key ?? key).pointer, EVP_sha256()), "sign the certificate")
            return certificate
        } catch {
            X509_free(certificate)
            throw error
        }
    }
}

/// Adds extensions to a certificate that is being made.
private struct CertificateExtensions {
    let certificate: OpaquePointer
    let issuer: OpaquePointer

    /// - Parameter value: as in OpenSSL's x509v3_config(5).
    func add(_ name: Int32, _ value: String) throws {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, certificate, nil, nil, 0)
        let extended = try TLSError.check(X509V3_EXT_conf_nid(nil, &context, name, value), "make an extension")
        defer { X509_EXTENSION_free(extended) }
        try TLSError.check(X509_add_ext(certificate, extended, -1), "add an extension")
    }
}
