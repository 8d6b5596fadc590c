/// Refuses what no setting explains, before values are read: the provider itself ignores what it does not know.
struct CommandLineCheck {
    enum Verdict: Sendable {
        case run
        case help
        case version
    }

    let keys: [ConfigKey]

    func check(_ arguments: [String]) throws -> Verdict {
        if arguments.contains("--help") || arguments == ["-h"] { return .help }
        if arguments.contains("--version") { return .version }
        let known = keys + keys.filter(\.isSecret).map(\.fileKey)
        let byFlag = Dictionary(uniqueKeysWithValues: known.map { ($0.flag, $0) })
        var seen: Set<String> = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument != "--" else {
                throw ConfigError(.usage, "unexpected argument \(argument); --help lists the options")
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = byFlag[String(parts[0])] else {
                throw ConfigError(.usage, "unknown option \(parts[0]); --help lists the options")
            }
            guard seen.insert(key.flag).inserted else { throw ConfigError(.usage, "\(key.flag) is given twice") }
            if parts.count == 2 { continue }
            let value = rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
            switch key.kind {
            // A flag takes no value of its own; true or false may follow.
            case .flag: if value.flatMap(ConfigKey.flag) != nil { rest.removeFirst() }
            default:
                guard value != nil else { throw ConfigError(.usage, "\(key.flag) wants a value:\(key.placeholder)") }
                rest.removeFirst()
            }
        }
        return .run
    }
}
