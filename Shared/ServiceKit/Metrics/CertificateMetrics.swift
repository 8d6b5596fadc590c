import COpenSSL
import Glibc
import RPC

/// Until when the certificates are valid that a service shows and trusts.
struct CertificateMetrics: Sendable {
    /// Larger than any such file.
    private static let limitBytes = 1024 * 1024

    private let files: [(name: String, path: String)]
    private let expires: Gauge

    init(_ registry: MetricsRegistry, tls: TLSConfiguration?) {
        files = tls.map { [("certificate", $0.certificatePath), ("authority", $0.caPath)] } ?? []
        expires = registry.gauge(
            "firstline_certificate_expires_seconds",
            help: "When the first certificate of the file expires, in seconds since the Unix epoch.", labels: ["file"])
    }

    /// Reads the files anew: they are replaced while the service runs.
    func collect() {
        for (name, path) in files {
            guard let pem = try? SystemFile.read(path, limit: Self.limitBytes), let seconds = Self.expiry(pem) else {
                continue
            }
            expires.set(Double(seconds), [name])
        }
    }

    /// When the first certificate of a PEM text expires; nil when it holds none.
    static func expiry(_ pem: String) -> Int? {
        let certificate = pem.withCString { text -> OpaquePointer? in
            let memory = BIO_new_mem_buf(text, -1)
            defer { BIO_free(memory) }
            return PEM_read_bio_X509(memory, nil, nil, nil)
        }
        guard let certificate else { return nil }
        defer { X509_free(certificate) }
        var time = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1 else { return nil }
        return timegm(&time)
    }
}
