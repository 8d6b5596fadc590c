import ArgumentParser
import FoundationEssentials

/// `firstline doctor`: looks after an installation and says what to do about what it finds.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks an installation, running or not, and says what to do about each finding.",
        discussion: """
            Looks at settings, certificates, permissions, ports, disk, clock, the stores (in SQLite or PostgreSQL), who leads them, journals \
            and their followers, attachments and the outbox. It changes nothing, and never holds up a running service. Each finding is a \
            note, a warning or an error, with what to do about it.

            A service that runs is examined with its own settings. One that does not is with this command's environment (FIRSTLINE_STORE, \
            FIRSTLINE_STORE_FILE), or with that of its systemd unit (--unit).

            Exits 0 without errors. Else by the worst that is broken: 65 for what is stored, 78 for settings, certificates and \
            permissions, 70 for the machine and what runs on it. 66 when the folder is no installation.
            """)

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Flag(help: "Also compare every index with its table, and every attachment with its hash. Takes long.")
    var deep = false
    @Option(help: ArgumentHelp("The --base-port that `firstline up` is given (default: 7400).", valueName: "n"))
    var basePort: Int?
    @Option(
        help: ArgumentHelp("The --http that `firstline up` is given (default: 127.0.0.1:8080).", valueName: "addr:port")
    )
    var http: String?
    @Option(
        help: ArgumentHelp(
            "The systemd unit that every service is an instance of, which tells their folders and settings: /etc/systemd/system/firstline@.service.",
            valueName: "file"))
    var unit: String?
    @Option(
        help: ArgumentHelp(
            "Folder of a service that does not stand in --data; may be repeated.", valueName: "service=dir"))
    var folder: [String] = []
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        try await Failures.reported {
            let diagnosis = try await Doctor(
                installation: dataOption.installation(firstline), ports: PlannedPorts(basePort: basePort, http: http),
                layout: ServiceLayout(unit: unit, folders: folder), isThorough: deep
            ).diagnose(Terminal.progress)
            Terminal.print(json ? try diagnosis.json() : diagnosis.text)
            if let status = diagnosis.status { throw status }
        }
    }
}
