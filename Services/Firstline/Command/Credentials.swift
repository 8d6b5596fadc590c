import FoundationEssentials
import RPC

/// The keys and certificates of an installation: its authority, one certificate a service, and the key by which the gateway signs
/// principals.
struct Credentials {
    let installation: Installation

    /// The certificate of the operator's command.
    static let operatorName = "operator"

    /// Makes what is not there yet; what is there stays.
    func makeMissing(for services: [String]) throws {
        try translated {
            let authority = try authority()
            for name in services + [Self.operatorName] where !exists(installation.certificate(name)) {
                try authority.issue(service: name).write(name: name, to: installation.certificates)
            }
            try makePrincipalKey()
        }
    }

    /// Issues a certificate for a system of the operator's.
    /// - Parameter folder: takes NAME.crt, NAME.key and ca.crt.
    func issue(_ name: String, to folder: String) throws {
        try translated {
            let authority = try authority()
            try makeFolder(folder)
            try authority.issue(service: name).write(name: name, to: folder)
            // All that are trusted: during a rotation a service may still show a certificate of an old one.
            try PEMFile.write(PEMFile.read(installation.certificate("ca")), to: folder + "/ca.crt", mode: 0o644)
        }
    }

    private func authority() throws -> CertificateAuthority {
        if exists(installation.certificate("ca")) { return try presentAuthority() }
        try makeFolder(installation.certificates)
        let authority = try CertificateAuthority()
        try authority.credential.write(name: "ca", to: installation.certificates)
        return authority
    }

    private func makePrincipalKey() throws {
        guard !exists(installation.principalPrivateKey) || !exists(installation.principalPublicKey) else { return }
        let key = SigningKey()
        try makeFolder(installation.folder + "/gateway")
        try PEMFile.write(key.verifyingKey.pem, to: installation.principalPublicKey, mode: 0o644)
        try PEMFile.write(key.pem, to: installation.principalPrivateKey, mode: 0o600)
    }

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func translated(_ body: () throws -> Void) throws {
        do { try body() } catch let error as TLSError {
            throw CommandFailure(error.description, ExitStatus.unavailable)
        }
    }
}
