import FoundationEssentials
import Store
import Subprocess
import SystemPackage

/// A service's executable, asked with `--check-places` what it is, whether its settings would do, and where they lead.
struct ServiceProgram: Sendable {
    enum Description: Sendable {
        case fine(Facts)
        /// What it said, and its exit code.
        case refused(String, Int32)
        /// There is no such executable beside this one.
        case absent
    }

    struct Facts: Sendable, Decodable {
        struct Migrations: Sendable, Decodable {
            var seam: [String]
            var service: [String]
        }

        struct Places: Sendable, Decodable {
            /// What the settings name, by the setting's word: "tls-cert".
            var files: [String: String]
            /// Of a store in PostgreSQL. The URL may hold a password.
            var url: String?
            var schema: String?
        }

        var version: String
        /// "sqlite" or another engine.
        var store: String
        var migrations: Migrations
        var places: Places?

        /// Where the store is in PostgreSQL; nil for SQLite.
        var database: PostgresAddress? {
            guard let url = places?.url, let schema = places?.schema else { return nil }
            return PostgresAddress(url: url, schema: schema)
        }
    }

    private static let outputBytes = 256 * 1024

    let path: String

    /// - Parameters:
    ///   - folder: the service's.
    ///   - isInsecure: whether the running system does without TLS.
    ///   - certificates: folder of the certificates, where it is not the one beside the service's folder.
    func describe(_ folder: ServiceFolder, isInsecure: Bool, certificates: String?) async -> Description {
        guard FileManager.default.isExecutableFile(atPath: path) else { return .absent }
        // A running service is asked with its own settings: whether it would start again.
        let own = folder.process.flatMap(Processes.arguments)
        let environment = folder.process.flatMap(Processes.environment) ?? folder.settings
        var arguments = own ?? ["--data", folder.path]
        if own == nil, isInsecure { arguments.append("--insecure-loopback") }
        if own == nil, let certificates {
            for (flag, file) in [
                ("--tls-cert", "\(folder.name).crt"), ("--tls-key", "\(folder.name).key"), ("--tls-ca", "ca.crt"),
                ("--principal-key", "principal.pub"),
            ] where FileManager.default.fileExists(atPath: "\(certificates)/\(file)") {
                arguments += [flag, "\(certificates)/\(file)"]
            }
        }
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments + ["--check-places"]),
                environment: environment.map { settings in
                    .custom(Dictionary(uniqueKeysWithValues: settings.map { (Environment.Key(rawValue: $0)!, $1) }))
                } ?? .inherit,
                output: .string(limit: Self.outputBytes), error: .string(limit: Self.outputBytes))
            if let facts = try? JSONDecoder().decode(Facts.self, from: Data(result.standardOutput.utf8)) {
                return .fine(facts)
            }
            let said = result.standardError.split(whereSeparator: \.isNewline).first.map(String.init)
            if case .exited(let code) = result.terminationStatus { return .refused(said ?? "it says nothing", code) }
            return .refused(said ?? "\(result.terminationStatus)", -1)
        } catch {
            return .refused("it cannot be run: \(error)", -1)
        }
    }
}
