import RPC

/// Whether each certificate lives on, has its key, and is of an authority that the installation trusts.
struct CertificatesCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        let installation = context.installation
        var findings: [Finding] = []
        var authorities: [CertificateDetails] = []
        do {
            authorities = try CertificateDetails.all(pem: PEMFile.read(installation.certificate("ca")))
        } catch {
            findings.append(unreadable("ca", error, installation))
        }
        for authority in authorities {
            findings += CertificateJudgement.life(of: authority, named: "ca", nowMilliseconds: context.nowMilliseconds)
        }
        findings += authorityKey(authorities, installation)
        var soonest = authorities.map(\.notAfterMilliseconds).min() ?? .max
        // A machine that has one service of many has no operator's certificate, and not the authority's key.
        let isWhole = FileStatus(installation.key("ca")) != nil
        let names = context.services.map(\.name) + (isWhole ? [Credentials.operatorName] : [])
        for name in names {
            do {
                let pem = try PEMFile.read(installation.certificate(name))
                let certificate = try CertificateDetails(pem: pem)
                soonest = min(soonest, certificate.notAfterMilliseconds)
                let key = try? PEMFile.read(installation.key(name))
                findings += CertificateJudgement.findings(
                    certificate, named: name, hasKey: key.map(certificate.fits) ?? false,
                    isTrusted: authorities.contains { $0.hasSigned(certificate) },
                    nowMilliseconds: context.nowMilliseconds)
            } catch {
                findings.append(unreadable(name, error, installation))
            }
        }
        if context.services.contains(where: { $0.name == "gateway" }) { findings += principalKey(installation) }
        let summary =
            soonest == .max
            ? "none"
            : "\(names.count + authorities.count); the first ends \(CertificateJudgement.date(soonest)), "
                + "in \(CertificateJudgement.days(from: context.nowMilliseconds, until: soonest)) days"
        if context.system?.insecure == true {
            findings.append(
                Finding(
                    .note, "insecure_loopback", "the running services speak without TLS",
                    advice: "leave out --insecure-loopback unless packets are being captured"))
        }
        return CheckReport("certificates", .settings, summary, findings)
    }

    /// Without it nothing can be issued; what is issued goes on.
    private func authorityKey(_ authorities: [CertificateDetails], _ installation: Installation) -> [Finding] {
        guard !authorities.isEmpty else { return [] }
        let key = try? PEMFile.read(installation.key("ca"))
        if let key, authorities.contains(where: { $0.fits(key) }) { return [] }
        return [
            Finding(
                key == nil ? .note : .warning, "authority_key",
                key == nil
                    ? "the authority's key \(installation.key("ca")) is not here"
                    : "the authority's key \(installation.key("ca")) fits no certificate of ca.crt",
                advice:
                    "nothing, if it is kept elsewhere; without it no certificate can be issued or replaced: put it back from a backup"
            )
        ]
    }

    /// The pair by which the gateway vouches for callers.
    private func principalKey(_ installation: Installation) -> [Finding] {
        do {
            let key = try SigningKey(pem: PEMFile.read(installation.principalPrivateKey))
            let verifying = try VerifyingKey(pem: PEMFile.read(installation.principalPublicKey))
            guard key.verifyingKey.pem != verifying.pem else { return [] }
            return [
                Finding(
                    .error, "principal_key_mismatch", service: "gateway",
                    "its signing key does not fit \(installation.principalPublicKey): every call on somebody's behalf is refused",
                    advice:
                        "put both keys back from the same backup, or remove both and start `firstline up`, which makes new ones"
                )
            ]
        } catch {
            return [
                Finding(
                    .error, "principal_key_unreadable", service: "gateway", "the keys of its principals: \(error)",
                    advice:
                        "put \(installation.principalPrivateKey) and \(installation.principalPublicKey) back from a backup, or start `firstline up`, which makes both anew when one is missing"
                )
            ]
        }
    }

    private func unreadable(_ name: String, _ error: any Error, _ installation: Installation) -> Finding {
        Finding(
            .error, "certificate_unreadable", service: name == "ca" ? "" : name,
            "\(installation.certificate(name)): \(error)",
            advice: name == "ca"
                ? "put it and ca.key back from a backup; without one, remove \(installation.certificates) and start `firstline up`, which makes all anew"
                : "remove what is left of it and run `firstline certs init`, which makes what is missing")
    }
}
