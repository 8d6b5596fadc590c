import Store

/// The settings of a running service: read once, validated, then asked by key.
///
/// Asking for a key that the service did not declare is a mistake of the program and stops it.
public struct ServiceConfig: Sendable {
    let keys: [String: ConfigKey]
    let values: [String: String]

    init(keys: [ConfigKey], values: [String: String]) {
        self.keys = Dictionary(uniqueKeysWithValues: keys.map { ($0.path, $0) })
        self.values = values
    }

    /// The same with another value for one key.
    func setting(_ word: String, to value: String) -> ServiceConfig {
        var changed = values
        changed[ConfigKey.components(of: word).joined(separator: ".")] = value
        return ServiceConfig(keys: Array(keys.values), values: changed)
    }

    /// The value or the default; nil when there is neither.
    public func string(_ word: String) -> String? {
        let path = ConfigKey.components(of: word).joined(separator: ".")
        guard let key = keys[path] else { preconditionFailure("the setting \(word) is not declared") }
        return values[path] ?? key.defaultValue
    }

    /// For keys of the kind `integer` with a default.
    public func int(_ word: String) -> Int { parsed(word, Int.init) }

    /// For keys of the kind `flag`; false when unset.
    public func bool(_ word: String) -> Bool { string(word).flatMap(ConfigKey.flag) ?? false }

    /// For keys of the kind `duration` with a default.
    public func duration(_ word: String) -> Duration { parsed(word, ConfigKey.duration) }

    /// For keys of the kind `address` with a default.
    public func address(_ word: String) -> HostPort { parsed(word, HostPort.init) }

    /// For keys of the kind `addresses` with a default.
    public func addresses(_ word: String) -> [HostPort] {
        parsed(word) { $0.split(separator: ",").compactMap { HostPort(String($0)) } }
    }

    /// The store's place, by `store`, `store-schema` and `advertise`.
    var database: StoreDatabase { database("store") }

    /// The place that a key of the kind `store` names.
    func database(_ word: String) -> StoreDatabase {
        guard let url = string(word), url != "sqlite" else { return .sqlite }
        return .postgres(
            PostgresAddress(
                url: url, schema: string("store-schema")!,
                advertised: string("advertise") ?? address("listen").description))
    }

    private func parsed<Parsed>(_ word: String, _ parse: (String) -> Parsed?) -> Parsed {
        guard let value = string(word).flatMap(parse) else {
            preconditionFailure("the setting \(word) is of another kind, or is unset and has no default")
        }
        return value
    }
}
