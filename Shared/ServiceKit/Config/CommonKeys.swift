/// The settings that every service has.
enum CommonKeys {
    /// Where services stand on one machine unless told otherwise: RPC here, admin HTTP at 100 more.
    static let ports = ["intake": 7_401, "routing": 7_402, "sla-timer": 7_403, "notification": 7_404, "gateway": 7_405]

    static func keys(of service: String, peers: [String]) -> [ConfigKey] {
        let port = ports[service] ?? 0
        var keys = [
            ConfigKey(
                "listen", .address, default: "127.0.0.1:\(port)",
                help: "Where the RPC server listens; port 0 takes a free one"),
            ConfigKey(
                "admin-listen", .address, default: "127.0.0.1:\(port == 0 ? 0 : port + 100)",
                help: "Where /healthz, /readyz and /metrics are served"),
            ConfigKey(
                "data", .path, default: "./data/\(service)",
                help: "Folder of everything of this service that lasts; DATA is its parent"),
            ConfigKey(
                "store", .store, default: "sqlite",
                help:
                    "Where the store is: sqlite for a file below --data, or postgres://USER@HOST:PORT/DATABASE for a PostgreSQL database",
                secret: true),
            ConfigKey(
                "store-schema", default: service.replacing("-", with: "_"),
                help: "With PostgreSQL: the schema that holds the tables; made when missing"),
            ConfigKey(
                "move-from", .store,
                help:
                    "Copies the store from there to --store, both of this service and stopped, checks it, and ends; one of the two is sqlite. Uploads under way are left behind (default: none)",
                secret: true),
            ConfigKey(
                "advertise", .address,
                help:
                    "With PostgreSQL: where other services reach this instance while it leads (default: the address of --listen)"
            ),
            ConfigKey("tls-cert", .path, help: "Certificate of this service, PEM (default: DATA/certs/\(service).crt)"),
            ConfigKey(
                "tls-key", .path, help: "Private key of the certificate, PEM (default: DATA/certs/\(service).key)"),
            ConfigKey(
                "tls-ca", .path,
                help: "Certificates of the authority that signs every service's, PEM (default: DATA/certs/ca.crt)"),
            ConfigKey(
                "connection-age", .duration, default: "30m",
                help:
                    "Age at which an RPC connection is drained, ±10 %, so that clients take one with the certificates of that time; 1s or more"
            ),
            ConfigKey(
                "principal-key", .path,
                help: "Public key of the gateway's principals, PEM (default: DATA/certs/principal.pub)"),
            ConfigKey(
                "insecure-loopback", .flag, default: "false", help: "RPC without TLS, on loopback addresses only"),
            ConfigKey(
                "log-level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
                default: "info",
                help: "The least level that is logged"),
            ConfigKey(
                "log-format", .choice(["auto", "json", "text"]), default: "auto",
                help: "auto: text on a terminal, else JSON"),
            ConfigKey(
                "supervised", .flag, default: "false",
                help: "Stop when standard input ends, as when the supervisor dies"),
            ConfigKey(
                "config", .path, help: "YAML file of settings; flags and environment are stronger (default: none)"),
        ]
        for peer in peers {
            let address = ports[peer].map { "127.0.0.1:\($0)" }
            keys.append(
                ConfigKey(
                    "peer-\(peer)", .addresses, default: address,
                    help: "RPC address of \(peer); several, with commas between them, where several instances may lead")
            )
        }
        return keys
    }

    /// First words of the settings of all of Firstline's executables, in the environment's dress: an environment may be shared by all,
    /// so another executable's setting there is no mistake.
    static let sharedWords: Set<String> = [
        "PEER", "SMTP", "OUTBOX", "WEBHOOK", "HTTP", "LMTP", "IMAP", "PUBLIC", "BASE", "DEMO", "DEBUG", "MAIL",
        "MAILBOX", "PRINCIPAL",
        "SESSION", "TOKEN", "TEST", "UPDATE", "LISTEN", "ADMIN", "DATA", "STORE", "TLS", "LOG", "CONFIG", "INSECURE",
        "SUPERVISED", "CONNECTION", "ADVERTISE", "MOVE",
    ]
}
