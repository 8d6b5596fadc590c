import Model
import RPC

/// What to think of a certificate at a time.
enum CertificateJudgement {
    /// A certificate that ends sooner should be replaced…
    static let warningDays: Int64 = 30
    /// … and now.
    static let errorDays: Int64 = 3
    private static let dayMilliseconds: Int64 = 24 * 3_600 * 1_000

    static func findings(
        _ certificate: CertificateDetails, named name: String, hasKey: Bool, isTrusted: Bool, nowMilliseconds now: Int64
    ) -> [Finding] {
        var findings = life(of: certificate, named: name, nowMilliseconds: now)
        if !hasKey {
            findings.append(
                Finding(
                    .error, "certificate_key", service: name, "\(name).key is missing or does not fit \(name).crt",
                    advice: "run `firstline certs rotate`, which makes new pairs; running services take them"))
        }
        if !isTrusted {
            findings.append(
                Finding(
                    .error, "certificate_untrusted", service: name,
                    "\(name).crt was signed by no authority of ca.crt: its peers refuse it",
                    advice: "run `firstline certs rotate`, or put the ca.crt back that signed it"))
        }
        if certificate.serviceName != name {
            findings.append(
                Finding(
                    .error, "certificate_name", service: name,
                    "\(name).crt is the certificate of \(certificate.serviceName ?? "nobody we know"): its peers refuse it",
                    advice: "run `firstline certs rotate`"))
        }
        return findings
    }

    /// - Parameter name: "ca" for the authority.
    static func life(
        of certificate: CertificateDetails, named name: String, nowMilliseconds now: Int64
    ) -> [Finding] {
        let service = name == "ca" ? "" : name
        let cure =
            name == "ca"
            ? "make a new authority: `firstline certs rotate --authority`, then `--forget-old` (see its --help)"
            : "run `firstline certs rotate`; running services take the new one"
        let end = certificate.notAfterMilliseconds
        if certificate.notBeforeMilliseconds > now {
            return [
                Finding(
                    .error, "certificate_not_yet", service: service,
                    "\(name).crt is valid only from \(date(certificate.notBeforeMilliseconds)) on",
                    advice: "set this machine's clock right; if it is right, \(cure)")
            ]
        }
        if end <= now {
            return [
                Finding(
                    .error, "certificate_expired", service: service,
                    "\(name).crt ended on \(date(end))", advice: cure)
            ]
        }
        let days = days(from: now, until: end)
        guard days <= warningDays else { return [] }
        return [
            Finding(
                days <= errorDays ? .error : .warning, "certificate_ends", service: service,
                "\(name).crt ends on \(date(end)), \(days == 0 ? "within a day" : "in \(days) day\(days == 1 ? "" : "s")")",
                advice: cure)
        ]
    }

    static func days(from now: Int64, until end: Int64) -> Int64 { max(0, end - now) / dayMilliseconds }

    static func date(_ milliseconds: Int64) -> String {
        String(Instant(milliseconds: milliseconds).description.prefix(10))
    }
}
