import FoundationEssentials
import Model
import RPC
import Store

/// What `--check` prints of a program whose settings would do: `{service, version, store, migrations: {seam, service}}`.
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
    }

    let text: String

    /// - Throws: `ConfigError`, as a start would.
    init(_ definition: ServiceDefinition, _ config: ServiceConfig) throws {
        _ = try ServiceFiles(service: definition.name, config: config, clock: SystemClock())
        _ = try RPCLimits(config)
        // A URL's first word is its engine; what follows may hold a password.
        let engine = config.string("store")!.prefix { $0 != ":" }
        let program = Program(
            service: definition.name, version: FirstlineVersion.current, store: String(engine),
            migrations: .init(seam: KnownMigrations.seam, service: definition.migrations.map(\.name)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        text = String(decoding: try encoder.encode(program), as: UTF8.self)
    }
}
