/// What `--help` prints.
struct ConfigHelp {
    let program: String
    let keys: [ConfigKey]

    var text: String {
        var lines = [
            "USAGE: \(program) [OPTIONS]",
            "       \(program) --check [OPTIONS]    looks at the settings, prints what the program is as JSON, and ends",
            "",
            "Each option is also an environment variable and a key of the YAML file: \(keys[0].flag), \(keys[0].variable), \(keys[0].path).",
            "Flags are stronger than the environment, and that is stronger than the file.", "", "OPTIONS:",
        ]
        for key in keys {
            lines.append("  \(key.flag)\(key.placeholder)")
            let standard = key.defaultValue.map { " (default: \($0))" }
            lines.append("      \(key.help)\(standard ?? "")")
            let file = key.isSecret ? "; a file with it: \(key.fileKey.flag), \(key.fileKey.variable)" : ""
            lines.append("      \(key.variable), \(key.path)\(file)")
        }
        lines += ["  --help", "      Prints this", "  --version", "      Prints the version"]
        return lines.joined(separator: "\n") + "\n"
    }
}
