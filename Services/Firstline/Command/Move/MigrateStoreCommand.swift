import ArgumentParser
import FoundationEssentials
import Model

/// `firstline migrate-store`: carries the stores of a stopped help desk from SQLite to PostgreSQL, or back.
struct MigrateStoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-store",
        abstract: "Moves the stores of a help desk that does not run from SQLite to PostgreSQL, or back.",
        usage: """
            firstline migrate-store --to postgres://USER@HOST:PORT/DATABASE [--data DIR] [--json]
            firstline migrate-store --from postgres://USER@HOST:PORT/DATABASE [--data DIR] [--json]
            """,
        discussion: """
            Each service's store is copied, then compared with the old one row by row, its journal offset by offset and each attachment by \
            its hash; until all is equal no service takes the new store. In PostgreSQL each service has a schema of its own name. What was \
            cut short goes on where it stopped when the same command is run again; what was moved is then checked again. The old stores stay \
            as they are. Uploads under way are left behind.

            A password is best kept in a file (--to-file, --from-file) or where libpq looks for it (PGPASSFILE), for others on the machine \
            see a command's options. Afterwards the services are given the same URL by --store, or FIRSTLINE_STORE.
            """)

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Option(help: ArgumentHelp("Where the stores are (default: sqlite, in the data folder).", valueName: "sqlite|url"))
    var from: String?
    @Option(help: ArgumentHelp("Where they go (default: sqlite, in the data folder).", valueName: "sqlite|url"))
    var to: String?
    @Option(help: ArgumentHelp("File that holds --from.", valueName: "file")) var fromFile: String?
    @Option(help: ArgumentHelp("File that holds --to.", valueName: "file")) var toFile: String?
    @Flag(help: "Print what was moved as JSON.") var json = false

    func run() async throws {
        try await Failures.reported {
            let places = MovePlaces(
                from: try MovePlaces.place("from", from, file: fromFile),
                to: try MovePlaces.place("to", to, file: toFile))
            try places.check()
            let installation = dataOption.installation(firstline)
            try installation.lock()
            let mover = StoreMover(
                places: places, installation: installation, programs: try UpCommand.folderOfPrograms())
            var moved: [JSONValue] = []
            for service in PortPlan.services {
                let report = try await mover.move(service)
                if json { moved.append(report.json) } else { Terminal.print(report.line) }
            }
            if json { Terminal.print(JSONWriter.text(of: ["services": .array(moved)])) }
        }
    }
}
