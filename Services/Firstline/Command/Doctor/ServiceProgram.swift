import FoundationEssentials
import Subprocess
import SystemPackage

/// A service's executable, asked with `--check` what it is and whether its settings would do.
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

        var version: String
        /// "sqlite" or another engine.
        var store: String
        var migrations: Migrations
    }

    private static let outputBytes = 256 * 1024

    let path: String

    /// - Parameters:
    ///   - folder: the service's.
    ///   - isInsecure: whether the running system does without TLS.
    func describe(_ folder: ServiceFolder, isInsecure: Bool) async -> Description {
        guard FileManager.default.isExecutableFile(atPath: path) else { return .absent }
        // A running service is asked with its own settings: whether it would start again.
        let own = folder.process.flatMap(Processes.arguments)
        let environment = folder.process.flatMap(Processes.environment)
        var arguments = own ?? ["--data", folder.path]
        if own == nil, isInsecure { arguments.append("--insecure-loopback") }
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments + ["--check"]),
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
