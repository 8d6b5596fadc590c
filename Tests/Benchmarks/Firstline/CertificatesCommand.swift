import ArgumentParser
import Glibc
import RPC

/// Makes what the measurements over TLS need: `ca.crt`, and certificate and key of `intake` (the server) and `gateway` (the client).
struct CertificatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificates", abstract: "Writes ca.crt, intake.crt, intake.key, gateway.crt and gateway.key.")

    @Argument(help: "The folder, which must be there.")
    var folder: String

    func run() throws {
        let authority = try CertificateAuthority()
        try PEMFile.write(authority.certificatePEM, to: folder + "/ca.crt", mode: 0o644)
        for service in ["intake", "gateway"] {
            let credential = try authority.issue(
                service: service, hosts: ["localhost"], addresses: ["127.0.0.1"], validity: .days(30))
            _ = try credential.write(name: service, to: folder)
        }
    }
}

extension TLSConfiguration {
    /// The certificate of `service` in a folder that `certificates` has written.
    init(_ service: String, in folder: String) {
        self.init(
            certificatePath: "\(folder)/\(service).crt", keyPath: "\(folder)/\(service).key",
            caPath: "\(folder)/ca.crt")
    }
}
