import ArgumentParser
import FoundationEssentials
import Model
import RPC

/// `firstline certs`: the installation's own certificates.
struct CertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs", abstract: "Makes and shows the installation's certificates.",
        subcommands: [Initialise.self, Issue.self, Rotate.self, Show.self])

    @ParentCommand var firstline: Firstline

    /// `firstline certs init`.
    struct Initialise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Makes the authority and the services' certificates that are not there yet.")

        @ParentCommand var parent: CertsCommand
        @OptionGroup var dataOption: DataOption

        func run() async throws {
            try await Failures.reported {
                let installation = dataOption.installation(parent.firstline)
                try Credentials(installation: installation).makeMissing(for: PortPlan.services)
                Terminal.print(installation.certificates)
            }
        }
    }

    /// `firstline certs issue NAME --out DIR`.
    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues a certificate for a system that calls the services: NAME.crt, NAME.key and ca.crt.")

        @ParentCommand var parent: CertsCommand
        @OptionGroup var dataOption: DataOption
        @Argument(help: "The system's name, as it stands in the certificate's SAN spiffe://firstline/NAME.")
        var name: String
        @Option(name: .customLong("out"), help: ArgumentHelp("Folder that takes the files.", valueName: "dir"))
        var folder: String

        func run() async throws {
            try await Failures.reported {
                try Credentials(installation: dataOption.installation(parent.firstline)).issue(name, to: folder)
            }
        }
    }

    /// `firstline certs rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Replaces the certificates of the services and of the operator; running services take the new ones.",
            discussion: """
                A new authority comes in three steps: `certs rotate --authority` makes it and its certificates, while the old one stays \
                trusted; issue new certificates to other systems (`certs issue`); once every connection is older than --connection-age, \
                `certs rotate --forget-old` ends the trust in the old one.
                """)

        @ParentCommand var parent: CertsCommand
        @OptionGroup var dataOption: DataOption
        @Flag(help: "Make a new authority first; the old ones stay trusted.") var authority = false
        @Flag(name: .customLong("forget-old"), help: "Replace nothing; trust the newest authority alone.")
        var forgetOld =
            false

        func validate() throws {
            if authority && forgetOld { throw ValidationError("--authority and --forget-old are two steps") }
        }

        func run() async throws {
            try await Failures.reported {
                let credentials = Credentials(installation: dataOption.installation(parent.firstline))
                if forgetOld { return try credentials.forgetOldAuthorities(services: PortPlan.services) }
                if authority {
                    try credentials.addAuthority()
                    // Nobody may meet a certificate of the new authority before they trust it: services look at their files once a second.
                    try await Task.sleep(for: TLSConfiguration.defaultLookInterval * 2)
                }
                try credentials.replace(for: PortPlan.services)
            }
        }
    }

    /// `firstline certs show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the certificates of the installation.")

        @ParentCommand var parent: CertsCommand
        @OptionGroup var dataOption: DataOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Failures.reported {
                let folder = dataOption.installation(parent.firstline).certificates
                let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
                let names = files.filter { $0.hasSuffix(".crt") }
                guard !names.isEmpty else {
                    throw CommandFailure(
                        "no certificates in \(folder) (make them with `firstline certs init`)", ExitStatus.dataError)
                }
                let rows = try names.map { name -> [JSONValue] in
                    let path = folder + "/" + name
                    let certificate = try CertificateSummary(pem: PEMFile.read(path))
                    return [.string(String(name.dropLast(4))), .string(certificate.notAfter), .string(path)]
                }
                Listing(["NAME", "EXPIRES", "PATH"], rows).show(json: json)
            }
        }
    }
}
