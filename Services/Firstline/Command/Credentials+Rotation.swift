import RPC

extension Credentials {
    /// Replaces the certificates of `services` and of the operator, each key before its certificate.
    func replace(for services: [String]) throws {
        try translated {
            let authority = try presentAuthority()
            for name in services + [Self.operatorName] {
                try authority.issue(service: name).write(name: name, to: installation.certificates)
            }
        }
    }

    /// Makes a new authority, which signs from here on. The old ones stay trusted.
    func addAuthority() throws {
        try translated {
            let trusted = try PEMFile.read(installation.certificate("ca"))
            let authority = try CertificateAuthority()
            // First the trust, then the key: whatever ends this in between, the key fits one of the certificates.
            try PEMFile.write(
                authority.certificatePEM + trusted, to: installation.certificate("ca"), mode: 0o644)
            try PEMFile.write(authority.credential.keyPEM, to: installation.key("ca"), mode: 0o600)
        }
    }

    /// Trusts the newest authority alone.
    func forgetOldAuthorities(services: [String]) throws {
        try translated {
            let authority = try presentAuthority()
            for name in services + [Self.operatorName] {
                let certificate = try PEMFile.read(installation.certificate(name))
                guard try authority.hasSigned(certificatePEM: certificate) else {
                    throw CommandFailure(
                        "the certificate of \(name) is of an old authority (replace it with `firstline certs rotate`)",
                        ExitStatus.dataError)
                }
            }
            try PEMFile.write(authority.certificatePEM, to: installation.certificate("ca"), mode: 0o644)
        }
    }

    /// The authority whose key the installation has: one of those that it trusts.
    func presentAuthority() throws -> CertificateAuthority {
        let path = installation.certificate("ca")
        let key = try PEMFile.read(installation.key("ca"))
        let marker = "-----BEGIN CERTIFICATE-----"
        for certificate in try PEMFile.read(path).split(separator: marker).map({ marker + $0 }) {
            let credential = Credential(certificatePEM: certificate, keyPEM: key)
            if let authority = try? CertificateAuthority(credential) { return authority }
        }
        throw CommandFailure("\(installation.key("ca")) fits no certificate of \(path)", ExitStatus.dataError)
    }
}
