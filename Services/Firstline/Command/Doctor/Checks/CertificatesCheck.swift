import RPC

/// Whether each certificate lives on, has its key, and is of an authority that the installation trusts.
struct CertificatesCheck: DoctorCheck {
    func run(_ context: DoctorContext) async -> CheckReport {
        let installation = context.installation
        let owners = Self.owners(context)
        var findings: [Finding] = []
        var authorities: [String: [CertificateDetails]] = [:]
        for path in Set(owners.map(\.authority)).sorted() {
            do {
                authorities[path] = try CertificateDetails.all(pem: PEMFile.read(path))
            } catch {
                findings.append(unreadable("ca", path, error, installation))
            }
        }
        // The same authority lies beside each service that stands apart.
        let different = authorities.values.joined().reduce(into: [CertificateDetails]()) { different, authority in
            if !different.contains(where: authority.isSame) { different.append(authority) }
        }
        for authority in different {
            findings += CertificateJudgement.life(of: authority, named: "ca", nowMilliseconds: context.nowMilliseconds)
        }
        if !context.isApart || FileStatus(installation.certificates) != nil {
            findings += authorityKey(different, installation)
        }
        var soonest = different.map(\.notAfterMilliseconds).min() ?? .max
        for owner in owners {
            do {
                let certificate = try CertificateDetails(pem: PEMFile.read(owner.certificate))
                soonest = min(soonest, certificate.notAfterMilliseconds)
                let key = try? PEMFile.read(owner.key)
                findings += CertificateJudgement.findings(
                    certificate, named: owner.name, hasKey: key.map(certificate.fits) ?? false,
                    isTrusted: authorities[owner.authority, default: []].contains { $0.hasSigned(certificate) },
                    nowMilliseconds: context.nowMilliseconds)
            } catch {
                findings.append(unreadable(owner.name, owner.certificate, error, installation))
            }
        }
        if let gateway = context.services.first(where: { $0.name == "gateway" }) {
            findings += principalKey(gateway, context)
        }
        let summary =
            soonest == .max
            ? "none"
            : "\(owners.count + different.count); the first ends \(CertificateJudgement.date(soonest)), "
                + "in \(CertificateJudgement.days(from: context.nowMilliseconds, until: soonest)) days"
        if context.system?.insecure == true {
            findings.append(
                Finding(
                    .note, "insecure_loopback", "the running services speak without TLS",
                    advice: "leave out --insecure-loopback unless packets are being captured"))
        }
        return CheckReport("certificates", .settings, summary, findings)
    }

    /// Who has a certificate, and in which files.
    private struct Owner {
        var name: String
        var certificate: String
        var key: String
        var authority: String
    }

    private static func owners(_ context: DoctorContext) -> [Owner] {
        let installation = context.installation
        var owners = context.services.map { service in
            Owner(
                name: service.name,
                certificate: context.file("tls-cert", of: service, orCertificate: "\(service.name).crt"),
                key: context.file("tls-key", of: service, orCertificate: "\(service.name).key"),
                authority: context.file("tls-ca", of: service, orCertificate: "ca.crt"))
        }
        // A machine that has one service of many has no operator's certificate, and not the authority's key.
        if FileStatus(installation.key("ca")) != nil {
            let name = Credentials.operatorName
            owners.append(
                Owner(
                    name: name, certificate: installation.certificate(name), key: installation.key(name),
                    authority: installation.certificate("ca")))
        }
        return owners
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
    private func principalKey(_ gateway: ServiceFolder, _ context: DoctorContext) -> [Finding] {
        let publicPath = context.file("principal-key", of: gateway, orCertificate: "principal.pub")
        var privatePath = "\(gateway.path)/principal.key"
        if case .fine(let program) = context.described["gateway"] {
            privatePath = program.places?.files["principal-signing-key"] ?? privatePath
        }
        do {
            let key = try SigningKey(pem: PEMFile.read(privatePath))
            let verifying = try VerifyingKey(pem: PEMFile.read(publicPath))
            guard key.verifyingKey.pem != verifying.pem else { return [] }
            return [
                Finding(
                    .error, "principal_key_mismatch", service: "gateway",
                    "its signing key does not fit \(publicPath): every call on somebody's behalf is refused",
                    advice:
                        "put both keys back from the same backup, or remove both and start `firstline up`, which makes new ones"
                )
            ]
        } catch {
            return [
                Finding(
                    .error, "principal_key_unreadable", service: "gateway", "the keys of its principals: \(error)",
                    advice:
                        "put \(privatePath) and \(publicPath) back from a backup, or start `firstline up`, which makes both anew when one is missing"
                )
            ]
        }
    }

    private func unreadable(
        _ name: String, _ path: String, _ error: any Error, _ installation: Installation
    ) -> Finding {
        Finding(
            .error, "certificate_unreadable", service: name == "ca" ? "" : name,
            "\(path): \(error)",
            advice: name == "ca"
                ? "put it and ca.key back from a backup; without one, remove \(installation.certificates) and start `firstline up`, which makes all anew"
                : "remove what is left of it and run `firstline certs init`, which makes what is missing")
    }
}
