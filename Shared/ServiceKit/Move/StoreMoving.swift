import FoundationEssentials
import Glibc
import Store

/// What an executable does that is started with `--move-from`: it carries the service's store to `--store`, checks it, and ends.
///
/// On standard output comes one line, what the move came to as JSON; progress is shown on a terminal alone.
struct StoreMoving {
    let definition: ServiceDefinition
    let config: ServiceConfig

    /// Nil where the settings do not ask for it.
    init?(_ definition: ServiceDefinition, _ config: ServiceConfig) {
        guard config.string("move-from") != nil else { return nil }
        self.definition = definition
        self.config = config
    }

    /// - Returns: the exit code of sysexits.h; what is wrong was said on standard error.
    func run() async -> Int32 {
        let display = MoveDisplay(service: definition.name)
        do {
            let move = StoreMove(from: place("move-from"), to: place("store"), rebuilt: definition.rebuilt)
            let report = try await move.run { display.show($0) }
            display.clear()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
            for difference in report.differences { complain("the stores differ: \(difference)") }
            return report.differences.isEmpty ? 0 : Self.dataError
        } catch {
            display.clear()
            let failure = StartFailure(error)
            complain(failure.text)
            return failure.exitCode
        }
    }

    private static let dataError: Int32 = 65

    private func place(_ word: String) -> StoreConfiguration {
        StoreConfiguration(
            folder: config.string("data")!, service: definition.name, migrations: definition.migrations,
            database: config.database(word))
    }

    private func complain(_ text: String) {
        LogSink.standardError.write("\(definition.program): \(text)\n")
    }
}
