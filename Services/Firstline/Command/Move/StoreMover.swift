import ArgumentParser
import FoundationEssentials
import Subprocess
import SystemPackage

/// Has each service's executable, which alone knows its schema, move its store.
struct StoreMover: Sendable {
    private static let outputBytes = 256 * 1024

    let places: MovePlaces
    let installation: Installation
    /// Folder of the executables.
    let programs: String

    /// - Throws: `CommandFailure` with the executable's exit code; what is wrong it has said itself.
    func move(_ service: String) async throws -> MovedStore {
        let result = try await Subprocess.run(
            .path(FilePath("\(programs)/firstline-\(service)")),
            arguments: [
                "--data", "\(installation.folder)/\(service)", "--store-schema", service.replacing("-", with: "_"),
                "--log-level", "warning",
            ],
            // Not as arguments, which everybody on the machine can read.
            environment: .inherit.updating(["FIRSTLINE_STORE": places.to, "FIRSTLINE_MOVE_FROM": places.from]),
            output: .string(limit: Self.outputBytes), error: .currentStandardError)
        guard case .exited(let code) = result.terminationStatus, code == 0,
            let moved = try? MovedStore(result.standardOutput)
        else {
            var status = ExitStatus.software
            if case .exited(let code) = result.terminationStatus, code != 0 { status = ExitCode(code) }
            throw CommandFailure("\(service) was not moved; the old stores are as they were", status)
        }
        return moved
    }
}
