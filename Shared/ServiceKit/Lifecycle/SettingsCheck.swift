import FoundationEssentials
import Glibc
import Model
import RPC
import Store

/// What `--check` prints of a program whose settings would do: `{service, version, store, migrations: {seam, service}}`; with
/// `--check-places` also `places: {files, url, schema}`, of which `url` may hold a password: never to a terminal.
struct SettingsCheck {
    private struct Program: Encodable {
        struct Migrations: Encodable {
            var seam: [String]
            var service: [String]
        }

        var service: String
        var version: String
        /// The engine of the store.
        var store: String
        /// Names of the migrations that the program knows, oldest first.
        var migrations: Migrations
        var places: Places?
    }

    private struct Places: Encodable {
        /// Files and folders that the settings name, by the setting's word: "tls-cert".
        var files: [String: String]
        /// Of a store in PostgreSQL.
        var url: String?
        var schema: String?

        init(_ definition: ServiceDefinition, _ config: ServiceConfig) {
            files = [:]
            for key in definition.allKeys where key.kind == .path {
                let word = key.components.joined(separator: "-")
                files[word] = config.string(word)
            }
            if case .postgres(let address) = config.database { (url, schema) = (address.url, address.schema) }
        }
    }

    let text: String

    /// - Throws: `ConfigError`, as a start would.
    init(_ definition: ServiceDefinition, _ config: ServiceConfig, places: Bool) throws {
        guard !places || isatty(STDOUT_FILENO) == 0 else {
            throw ConfigError(.usage, "--check-places may print a password, and writes to no terminal")
        }
        _ = try ServiceFiles(service: definition.name, config: config, clock: SystemClock())
        _ = try RPCLimits(config)
        // A URL's first word is its engine; what follows may hold a password.
        let engine = config.string("store")!.prefix { $0 != ":" }
        let program = Program(
            service: definition.name, version: FirstlineVersion.current, store: String(engine),
            migrations: .init(seam: KnownMigrations.seam, service: definition.migrations.map(\.name)),
            places: places ? Places(definition, config) : nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        text = String(decoding: try encoder.encode(program), as: UTF8.self)
    }
}
