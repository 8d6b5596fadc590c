import RPC

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Certificates of one test, in a folder of its own.
final class Certificates: Sendable {
    let folder: String
    let authority: CertificateAuthority

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/firstline-rpc-" + SecureRandom.bytes(8).hexadecimal
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        authority = try CertificateAuthority()
        try PEMFile.write(authority.certificatePEM, to: folder + "/ca.crt", mode: 0o644)
    }

    deinit {
        // A folder that stays behind in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The files of a certificate of `service`.
    func issue(
        _ service: String, hosts: [String] = ["localhost"], addresses: [String] = ["127.0.0.1", "::1"],
        validity: CertificateAuthority.Validity = .days(1), signedBy authority: CertificateAuthority? = nil
    ) throws -> TLSConfiguration {
        let credential = try (authority ?? self.authority).issue(
            service: service, hosts: hosts, addresses: addresses, validity: validity)
        let paths = try credential.write(name: service + "-" + SecureRandom.bytes(4).hexadecimal, to: folder)
        return TLSConfiguration(
            certificatePath: paths.certificatePath, keyPath: paths.keyPath, caPath: folder + "/ca.crt")
    }
}
