import Glibc
import RPC
import Store

/// The files that a service needs and does not own, found by its settings or in their usual place beside its folder.
struct ServiceFiles {
    let tls: TLSConfiguration?
    let verifier: PrincipalVerifier?

    init(service: String, config: ServiceConfig, clock: any WallClock) throws {
        let certificates = ServiceFiles.parent(of: config.string("data")!) + "/certs"
        if config.bool("insecure-loopback") {
            guard config.address("listen").isLoopback else {
                throw ConfigError(.config, "--insecure-loopback: --listen is not a loopback address")
            }
            tls = nil
        } else {
            let configuration = TLSConfiguration(
                certificatePath: config.string("tls-cert") ?? "\(certificates)/\(service).crt",
                keyPath: config.string("tls-key") ?? "\(certificates)/\(service).key",
                caPath: config.string("tls-ca") ?? "\(certificates)/ca.crt")
            for (flag, path) in [
                ("--tls-cert", configuration.certificatePath), ("--tls-key", configuration.keyPath),
                ("--tls-ca", configuration.caPath),
            ] where access(path, R_OK) != 0 {
                throw ConfigError(.noInput, "\(flag): cannot read \(path): \(String(cString: strerror(errno)))")
            }
            tls = configuration
        }
        let named = config.string("principal-key")
        let path = named ?? "\(certificates)/principal.pub"
        // An installation without a gateway has no principals; a key that was named must be there.
        guard named != nil || access(path, R_OK) == 0 else {
            verifier = nil
            return
        }
        do {
            verifier = try PrincipalVerifier(path: path, clock: clock)
        } catch {
            throw ConfigError(.noInput, "--principal-key: \(error)")
        }
    }

    private static func parent(of folder: String) -> String {
        var parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        while parts.last == "" && parts.count > 1 { parts.removeLast() }
        guard parts.count > 1 else { return "." }
        let parent = parts.dropLast().joined(separator: "/")
        return parent.isEmpty ? "/" : parent
    }
}
