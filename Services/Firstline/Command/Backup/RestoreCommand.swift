import ArgumentParser
import FoundationEssentials

/// `firstline restore DIR`: puts a backup where a stopped help desk's data stands.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a backup into the data folder of a help desk that does not run.",
        discussion: """
            Every file is checked before anything is touched. Each service then begins a new term when it starts, so that nobody takes its \
            journal for the old one. What is due since the backup was taken is done then: mail that had been sent after it may be sent again, \
            with the same Message-ID.
            """)

    @ParentCommand var firstline: Firstline
    @OptionGroup var dataOption: DataOption
    @Argument(help: ArgumentHelp("The backup's folder.", valueName: "dir")) var folder: String
    @Flag(help: "Move aside the data that is there, to replaced-… in the data folder.") var replace = false

    func run() async throws {
        try await Failures.reported {
            let installation = dataOption.installation(firstline)
            let backup = BackupFolder(path: folder)
            let manifest = try backup.manifest()
            try installation.lock()
            let aside = try Restorer(installation: installation, backup: backup, manifest: manifest).restore(
                replacing: replace)
            if let aside { Terminal.print("what was there is in \(aside)") }
            Terminal.print("restored \(manifest.takenAt) to \(installation.folder); start it with `firstline up`")
        }
    }
}
