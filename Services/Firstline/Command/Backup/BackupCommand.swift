import ArgumentParser
import Model

/// `firstline backup DIR`: a consistent copy of the running help desk.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the running help desk, consistent across all services, to a new folder.",
        discussion: """
            The writers of all services are held for less than a second; what was acknowledged before is in the copy. The folder holds \
            everything, keys and attachments too: keep it as safe as the help desk itself.
            """)

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Argument(help: ArgumentHelp("A folder that does not exist yet, or is empty.", valueName: "dir"))
    var folder: String
    @Flag(help: "Print the backup's manifest as JSON.") var json = false

    func run() async throws {
        try await Failures.reported {
            let installation = dataOption.installation(firstline)
            let system = try installation.runningSystem()
            guard Folders.names(folder).isEmpty else {
                throw CommandFailure("\(folder) is not empty", ExitStatus.cannotCreate)
            }
            try Folders.make(folder)
            let taken = try await SystemClients.with(system, installation) { clients in
                try await BackupTaker(system: system, clients: clients, folder: folder, progress: Terminal.progress)
                    .take()
            }
            let manifest = BackupManifest(
                version: FirstlineVersion.current, takenAt: Instant(milliseconds: taken.atMilliseconds).description,
                services: taken.services,
                installation: try InstallationFiles(installation).copy(to: folder))
            if let contradiction = manifest.contradiction {
                throw CommandFailure("the backup is not consistent: \(contradiction)", ExitStatus.software)
            }
            try BackupFolder(path: folder).finish(manifest)
            if json { Terminal.print(try BackupFolder.text(of: manifest)) } else { Terminal.print(folder) }
        }
    }
}
