import Foundation
import NIOCore
import RPC
public import ServiceKit
import Wire

/// Intake as a service: its store, its methods, its followers, and the door for mail.
public enum IntakeService {
    /// What `Main` runs.
    public static let definition = ServiceDefinition(
        name: "intake", migrations: Schema.migrations, peers: ["routing", "sla-timer", "notification", "gateway"],
        keys: keys,
        relayed: ["lmtp-listen"], rebuilt: SearchRebuild.tables, build: build)

    @Sendable private static func build(_ environment: ServiceEnvironment) async throws -> ServiceParts {
        var mail = MailAcceptance(
            store: environment.store, blobs: environment.blobs, authservIDs: try authservIDs(environment.config))
        mail.marks = try ReadingMarks(path: environment.dataFolder + "/reading")
        mail.unpacker = WinmailUnpacker(
            folder: environment.dataFolder, searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "",
            logger: environment.logger)
        let polling = polling(environment, mail)
        let api = try await api(environment, mail) { polling.wake() }
        let lmtp = try await lmtpServer(environment, mail)
        let unused = UnusedFiles(
            store: environment.store, blobs: environment.blobs, clock: environment.clock, logger: environment.logger)
        let addresses = StaffAddresses(
            store: environment.store, gateway: GatewayClient(environment.channel(to: "gateway")),
            clock: environment.clock, logger: environment.logger)
        return ServiceParts(
            handlers: [api], followers: followers { addresses.wake() },
            services: [lmtp, polling, unused, addresses], endpoints: [lmtpEndpoint])
    }

    /// The methods, on a store that is ready to serve.
    static func api(
        _ environment: ServiceEnvironment, _ mail: MailAcceptance, mailboxesChanged: @escaping @Sendable () -> Void
    ) async throws -> IntakeAPI {
        let mailboxAddress = environment.config.string("mailbox-address") ?? ""
        try await FirstStart.prepare(environment.store, mailboxAddress: mailboxAddress)
        let journals = environment.journals
        return IntakeAPI(mail: mail, mailboxesChanged: mailboxesChanged) { place, timeout in
            _ = await journals.catchUp(to: place, timeout: timeout)
        }
    }

    private static func polling(_ environment: ServiceEnvironment, _ mail: MailAcceptance) -> MailboxPolling {
        MailboxPolling(
            acceptance: mail,
            files: IMAPFiles(
                secretsFolder: environment.config.string("imap-secrets"),
                authorityFile: environment.config.string("imap-ca")),
            clock: environment.clock, metrics: IMAPMetrics(environment.metrics), logger: environment.logger)
    }

    private static let lmtpEndpoint = "lmtp"

    private static let keys = [
        ConfigKey("lmtp-listen", .address, default: "127.0.0.1:7424", help: "Where mail is taken by LMTP"),
        ConfigKey(
            "lmtp-tls-cert", .path,
            help: "Certificate for STARTTLS on the LMTP port, PEM (default: none, it is not offered)"),
        ConfigKey("lmtp-tls-key", .path, help: "Key of that certificate, PEM (default: none)"),
        ConfigKey(
            "mail-authserv-id",
            help:
                "Name by which your mail server signs its Authentication-Results (RFC 8601); several with commas between them. Agents' mail that it proves acts as the agents (default: none, no agent acts by mail)"
        ),
        ConfigKey(
            "mailbox-address", default: "support@localhost",
            help: "Address of the default mailbox that the first start makes"),
        ConfigKey(
            "imap-secrets", .path,
            help:
                "Folder of secrets that mailboxes fetched by IMAP name by their files' names; read anew at each connection (default: none)"
        ),
        ConfigKey(
            "imap-ca", .path,
            help: "Certificates of the authorities that IMAP servers are trusted by, PEM (default: the system's)"),
    ]

    /// - Parameter staffChanged: called when users may have changed.
    static func followers(staffChanged: @escaping @Sendable () -> Void) -> [FollowerDefinition] {
        [
            FollowerDefinition(source: "routing", apply: { try $0.applyRouting($1) }),
            FollowerDefinition(source: "sla-timer", apply: { try $0.applySLATimer($1) }),
            FollowerDefinition(source: "notification", apply: { try $0.applyNotification($1) }),
            FollowerDefinition(
                source: "gateway", apply: { try $0.applyGateway($1) }, afterCommit: { staffChanged() }),
        ]
    }

    private static func authservIDs(_ config: ServiceConfig) throws -> Set<String> {
        let names = (config.string("mail-authserv-id") ?? "").lowercased().split(
            separator: ",", omittingEmptySubsequences: true
        ).map { String($0).trimmed }
        for name in names where name.isEmpty || !name.utf8.allSatisfy({ (33...126).contains($0) && $0 != 0x3B }) {
            throw ConfigError(.config, "--mail-authserv-id: \(name) is no name of a mail server")
        }
        return Set(names)
    }

    /// What STARTTLS begins, where the operator gave both files for it.
    private static func lmtpTLS(_ environment: ServiceEnvironment) throws -> OpenTLS? {
        let names = ["lmtp-tls-cert", "lmtp-tls-key"]
        let paths = names.map { environment.config.string($0) ?? "" }
        if paths.allSatisfy(\.isEmpty) { return nil }
        for (name, path) in zip(names, paths) where path.isEmpty {
            throw ConfigError(.config, "--\(name) is missing: STARTTLS needs a certificate and its key")
        }
        do {
            return try OpenTLS(certificatePath: paths[0], keyPath: paths[1], logger: environment.logger)
        } catch {
            throw ConfigError(.noInput, "--lmtp-tls-cert, --lmtp-tls-key: \(error)")
        }
    }

    /// Binds the port and announces it.
    private static func lmtpServer(_ environment: ServiceEnvironment, _ mail: MailAcceptance) async throws -> LMTPServer
    {
        let key = "lmtp-listen"
        let mails = environment.metrics.counter(
            "firstline_mail_total", help: "Mails offered by LMTP, one for each recipient.", labels: ["outcome"])
        let tls = try lmtpTLS(environment)
        let server = try await environment.config.listening(key) { wanted in
            try await LMTPServer.bind(
                LMTPServer.Configuration(host: wanted.host, port: wanted.port, tls: tls), logger: environment.logger
            ) { envelope, recipient, raw in
                let outcome = await mail.deliver(raw, from: envelope, to: recipient, logger: environment.logger)
                mails.increment([outcome.name])
                return outcome
            }
        }
        let wanted = environment.config.address(key)
        let address = HostPort(host: wanted.host, port: server.localAddress.port ?? wanted.port)
        try environment.endpoints.announce(lmtpEndpoint, address)
        return server
    }
}
