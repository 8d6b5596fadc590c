import ArgumentParser

/// `--data DIR`, before or after the subcommand.
struct DataOption: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("Folder of everything that lasts (default: ./data).", valueName: "dir"))
    var data: String?

    /// The installation that the options name: the subcommand's own, then the command's, then `./data`.
    func installation(_ command: Firstline) -> Installation {
        Installation(folder: data ?? command.data ?? "data")
    }
}
