import COpenSSL
import Glibc

/// What `firstline certs show` tells of a certificate.
struct CertificateSummary {
    /// RFC 3339, UTC.
    let notAfter: String

    /// Throws `CommandFailure` where the text is no certificate.
    init(pem: String) throws {
        let certificate = pem.withCString { text -> OpaquePointer? in
            let memory = BIO_new_mem_buf(text, -1)
            defer { BIO_free(memory) }
            return PEM_read_bio_X509(memory, nil, nil, nil)
        }
        guard let certificate else {
            throw CommandFailure("that is no certificate", ExitStatus.dataError)
        }
        defer { X509_free(certificate) }
        var time = tm()
        ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        notAfter =
            "\(time.tm_year + 1900)-\(two(time.tm_mon + 1))-\(two(time.tm_mday))"
            + "T\(two(time.tm_hour)):\(two(time.tm_min)):\(two(time.tm_sec))Z"
    }
}
