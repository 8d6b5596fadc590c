import ArgumentParser
import FoundationEssentials
import Glibc

/// `firstline up`: runs every service on this machine until SIGINT or SIGTERM.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Runs every service on this machine until SIGINT or SIGTERM.")

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @OptionGroup var options: UpOptions

    func run() async throws {
        try await Failures.reported {
            var options = options
            try Self.check(smtp: options.smtp)
            let installation = dataOption.installation(firstline)
            try installation.lock()
            guard !FileManager.default.fileExists(atPath: installation.unfinishedRestore) else {
                throw CommandFailure(
                    "a restore into \(installation.folder) was not finished; run `firstline restore` again",
                    ExitStatus.dataError)
            }
            let ports = try PortPlan(base: options.basePort, apartFrom: try Self.port(of: options.http))
            options.http = try Self.resolvedAddress(options.http, apartFrom: ports)
            let isNew = !FileManager.default.fileExists(atPath: installation.adminToken)
            try Credentials(installation: installation).makeMissing(for: PortPlan.services)
            let plans = ServicePlans(
                installation: installation, ports: ports, options: options,
                programs: try Self.folderOfPrograms())
            let system = RunningSystem(
                pid: getpid(), insecure: options.insecureLoopback, log: Self.logFile,
                services: plans.all.map(\.addresses))
            try installation.record(system)
            defer { installation.forgetRunningSystem() }
            let greeting = Greeting(
                installation: installation, system: system, isNew: isNew, demo: options.demo, http: options.http)
            try await Supervisor(plans: plans.all, system: system, installation: installation).run {
                try await greeting.say()
            }
        }
    }

    /// Where the log goes, of this process and of the services that inherit it, when that is a file.
    private static var logFile: String? {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(STDERR_FILENO)")
    }

    /// Refuses what Notification would refuse, before anything is made; without quoting what was given, which may hold a password.
    private static func check(smtp urls: String?) throws {
        for url in urls?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
            guard !url.contains("@") else {
                throw CommandFailure(
                    "--smtp: users and passwords go into FIRSTLINE_SMTP_USER and FIRSTLINE_SMTP_PASSWORD, not into the URL",
                    ExitStatus.usage)
            }
            guard ["smtp://", "smtps://"].contains(where: { url.hasPrefix($0) && url.count > $0.count }) else {
                throw CommandFailure(
                    "--smtp: must be smtp://HOST:PORT or smtps://HOST:PORT, or several with commas between them",
                    ExitStatus.usage)
            }
        }
    }

    /// The services' executables stand beside this one.
    static func folderOfPrograms() throws -> String {
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// An address whose port is known: for port 0 a free one, which no service is to have.
    private static func resolvedAddress(_ address: String, apartFrom ports: PortPlan) throws -> String {
        guard try port(of: address) == 0 else { return address }
        return "\(address.dropLast())\(try FreePorts.take(1, but: ports.all)[0])"
    }

    private static func port(of address: String) throws -> Int {
        guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]),
            colon != address.startIndex
        else { throw CommandFailure("--http: \(address) is no ADDR:PORT", ExitStatus.usage) }
        return Int(port)
    }
}
