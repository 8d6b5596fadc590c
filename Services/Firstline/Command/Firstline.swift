public import ArgumentParser
import Model

/// The operator's command: runs Firstline on this machine and administers a running one.
public struct Firstline: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "firstline",
        abstract: "Runs and administers the Firstline help desk.",
        version: FirstlineVersion.current,
        subcommands: [
            UpCommand.self, StatusCommand.self, TokenCommand.self, AgentCommand.self, MailCommand.self,
            DeliveriesCommand.self,
            CertsCommand.self, RPCCommand.self, TraceCommand.self, BackupCommand.self, RestoreCommand.self,
            MigrateStoreCommand.self, DoctorCommand.self,
        ]
    )

    @Option(name: .customLong("data"), help: ArgumentHelp("Folder of everything that lasts.", valueName: "dir"))
    var data: String?

    public init() {}
}
