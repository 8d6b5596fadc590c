/// One setting: a word in three dresses (`--peer-intake`, `FIRSTLINE_PEER_INTAKE`, `peer.intake`), with its kind, its default and a line of
/// help.
public struct ConfigKey: Sendable, Hashable {
    /// What a value must look like.
    public enum Kind: Sendable, Hashable {
        case text
        /// A file or a folder.
        case path
        /// `true` or `false`; on the command line its presence means true.
        case flag
        case integer(ClosedRange<Int>)
        /// `500ms`, `30s`, `5m`, `8h`, `2d`, or ISO 8601 as `PT30S`.
        case duration
        /// `HOST:PORT`; port 0 takes a free one.
        case address
        /// One or more of them, with commas between them.
        case addresses
        /// `sqlite`, or a URL of PostgreSQL.
        case store
        case choice([String])
    }

    /// The word's parts, as `["peer", "intake"]`.
    public let components: [String]
    public let kind: Kind
    /// Nil: the setting may be left unset.
    public let defaultValue: String?
    /// Whether its value may also be named by a file (`--…-file`), and is never shown.
    public let isSecret: Bool
    /// One line, with the unit.
    public let help: String

    /// - Parameter word: the key in any of its dresses, in lower case, as "peer-intake" or "peer.intake".
    public init(
        _ word: String, _ kind: Kind = .text, default defaultValue: String? = nil, help: String,
        secret isSecret: Bool = false
    ) {
        components = ConfigKey.components(of: word)
        self.kind = kind
        self.defaultValue = defaultValue
        self.isSecret = isSecret
        self.help = help
    }

    /// As in a YAML file.
    public var path: String { components.joined(separator: ".") }
    /// As on the command line.
    public var flag: String { "--" + components.joined(separator: "-") }
    /// As in the environment.
    public var variable: String {
        "FIRSTLINE_" + components.map { $0.uppercased() }.joined(separator: "_")
    }

    /// The key that names the file with this secret.
    var fileKey: ConfigKey {
        ConfigKey((components + ["file"]).joined(separator: "-"), .path, help: "File that holds \(flag)")
    }

    static func components(of word: String) -> [String] {
        word.split { $0 == "." || $0 == "-" }.map(String.init)
    }
}

extension ConfigKey {
    /// What stands behind the flag in the help.
    var placeholder: String {
        switch kind {
        case .text: " TEXT"
        case .path: " PATH"
        case .flag: ""
        case .integer: " NUMBER"
        case .duration: " DURATION"
        case .address: " HOST:PORT"
        case .addresses: " HOST:PORT,…"
        case .store: " sqlite|URL"
        case .choice(let choices): " " + choices.joined(separator: "|")
        }
    }

    /// What is wrong with `value`; nil when nothing is.
    func fault(of value: String) -> String? {
        switch kind {
        case .text, .path: value.isEmpty ? "must not be empty" : nil
        case .flag: ConfigKey.flag(value) == nil ? "must be true or false" : nil
        case .integer(let range):
            Int(value).map(range.contains) == true
                ? nil : "must be a whole number between \(range.lowerBound) and \(range.upperBound)"
        case .duration:
            ConfigKey.duration(value) == nil ? "must be a duration, as 500ms, 30s, 5m, 8h, 2d or PT30S" : nil
        case .address: HostPort(value) == nil ? "must be HOST:PORT" : nil
        case .addresses:
            value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { HostPort(String($0)) != nil }
                ? nil : "must be HOST:PORT, or several with commas between them"
        case .store:
            value == "sqlite" || value.hasPrefix("postgres://") || value.hasPrefix("postgresql://")
                ? nil : "must be sqlite or a URL that begins with postgres://"
        case .choice(let choices): choices.contains(value) ? nil : "must be one of \(choices.joined(separator: ", "))"
        }
    }

    static func flag(_ value: String) -> Bool? {
        switch value.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}
