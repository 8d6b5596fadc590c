import ArgumentParser
import FoundationEssentials
import Model
import Wire

/// `firstline status`: each service's health, version and journal.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows each service's health, version, journal and lags, and the mailboxes fetched by IMAP.")

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        try await Failures.reported {
            let installation = dataOption.installation(firstline)
            let system = try installation.runningSystem()
            let (states, mailboxes) = try await SystemClients.with(system, installation) { clients in
                var states: [ServiceStatus] = []
                for service in system.services {
                    let health = try? await HealthClient(clients.channel(service.name))
                        .check(HealthCheckRequest(), CallOptions(timeout: .seconds(2)))
                    states.append(ServiceStatus(service, health, pid: installation.pid(of: service.name)))
                }
                return (states, await MailboxStatus.all(clients))
            }
            try show(states, mailboxes)
            guard states.allSatisfy(\.ready) else { throw ExitStatus.unavailable }
        }
    }

    private func show(_ states: [ServiceStatus], _ mailboxes: [MailboxStatus]?) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let status = SystemStatus(services: states, mailboxes: mailboxes)
            Terminal.print(String(decoding: try encoder.encode(status), as: UTF8.self))
            return
        }
        Terminal.table(
            ["SERVICE", "READY", "PID", "RPC", "JOURNAL", "FOLLOWS (LAG)"],
            states.map { state in
                [
                    state.name, state.ready ? "yes" : "no", state.pid.map(String.init) ?? "-", state.rpc,
                    "\(state.journal.term):\(state.journal.head)",
                    state.follows.map { "\($0.source) (\($0.lag))" }.joined(separator: ", "),
                ]
            })
        guard let mailboxes, !mailboxes.isEmpty else { return }
        Terminal.print("")
        Terminal.table(
            ["MAILBOX", "FETCHING", "LAST LOOK", "FETCHED", "FAILING MAILS", "LAST ERROR"],
            mailboxes.map { mailbox in
                [
                    mailbox.address, mailbox.phase, mailbox.polledAt ?? "-", String(mailbox.fetched),
                    String(mailbox.troubled),
                    mailbox.errorCode.map { "\($0) at \(mailbox.failedAt ?? "-"): \(mailbox.error ?? "")" } ?? "-",
                ]
            })
    }
}

/// What `firstline status --json` prints.
private struct SystemStatus: Encodable {
    var services: [ServiceStatus]
    /// Nil while Intake is away.
    var mailboxes: [MailboxStatus]?
}

/// One service in `firstline status --json`.
struct ServiceStatus: Encodable, Sendable {
    struct Journal: Encodable, Sendable {
        var term: Int64
        var head: Int64
    }

    struct Follow: Encodable, Sendable {
        var source: String
        var offset: Int64
        var lag: Int64
    }

    var name: String
    var pid: Int32?
    var rpc: String
    var admin: String
    var lmtp: String?
    var http: String?
    var version: String
    var ready: Bool
    var journal: Journal
    var follows: [Follow]

    init(_ service: RunningSystem.Service, _ health: HealthCheckResponse?, pid: Int32?) {
        name = service.name
        self.pid = pid
        rpc = service.rpc
        admin = service.admin
        lmtp = service.lmtp
        http = service.http
        version = health?.version ?? ""
        ready = health?.ready ?? false
        journal = Journal(term: health?.journalTerm ?? 0, head: health?.journalHead ?? 0)
        follows = (health?.follows ?? []).map { Follow(source: $0.source, offset: $0.offset, lag: $0.lag) }
    }
}
