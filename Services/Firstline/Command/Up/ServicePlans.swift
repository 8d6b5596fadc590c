/// Which executables a help desk on one machine consists of, and how each is told of the others.
struct ServicePlans {
    let installation: Installation
    let ports: PortPlan
    let options: UpOptions
    /// Folder of the executables.
    let programs: String

    /// Which peers each service calls or reads.
    private static let peers: [String: [String]] = [
        "intake": ["routing", "sla-timer", "notification", "gateway"],
        "routing": ["intake", "gateway"],
        "sla-timer": ["intake"],
        "notification": ["intake", "sla-timer", "gateway"],
        "gateway": ["intake", "routing", "sla-timer", "notification"],
    ]

    var all: [ServicePlan] {
        PortPlan.services.map { name in
            ServicePlan(
                addresses: addresses(name),
                executable: programs + "/firstline-" + name,
                arguments: commonArguments(name) + ownArguments(name))
        }
    }

    private func addresses(_ name: String) -> RunningSystem.Service {
        RunningSystem.Service(
            name: name, rpc: rpcAddress(name), admin: "127.0.0.1:\(ports.admin[name]!)",
            lmtp: name == "intake" ? "127.0.0.1:\(ports.lmtp)" : nil,
            http: name == "gateway" ? options.http : nil)
    }

    private func rpcAddress(_ name: String) -> String {
        "127.0.0.1:\(ports.rpc[name]!)"
    }

    private func commonArguments(_ name: String) -> [String] {
        var arguments = [
            "--listen", rpcAddress(name), "--admin-listen", "127.0.0.1:\(ports.admin[name]!)",
            "--data", installation.folder + "/" + name, "--principal-key", installation.principalPublicKey,
        ]
        if options.insecureLoopback {
            arguments.append("--insecure-loopback")
        } else {
            arguments += [
                "--tls-cert", installation.certificate(name), "--tls-key", installation.key(name),
                "--tls-ca", installation.certificate("ca"),
            ]
        }
        for peer in Self.peers[name]! {
            arguments += ["--peer-" + peer, rpcAddress(peer)]
        }
        return arguments
    }

    private func ownArguments(_ name: String) -> [String] {
        switch name {
        case "intake": ["--lmtp-listen", "127.0.0.1:\(ports.lmtp)"]
        case "notification":
            ["--outbox", installation.outbox] + (options.smtp.map { ["--smtp", $0] } ?? [])
        case "gateway":
            [
                "--http-listen", options.http, "--admin-token-file", installation.adminToken,
                "--principal-signing-key", installation.principalPrivateKey,
            ]
        default: []
        }
    }
}
