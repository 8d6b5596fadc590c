import ArgumentParser
import Wire

/// Turns what a command throws into one line and an exit code.
enum Failures {
    static func reported(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let failure as CommandFailure {
            Terminal.complain(failure.message)
            throw failure.status
        } catch let error as RPCError {
            Terminal.complain(error.message)
            throw status(of: error.code)
        }
    }

    private static func status(of code: StatusCode) -> ExitCode {
        switch code {
        case .unavailable, .deadlineExceeded, .resourceExhausted, .aborted: ExitStatus.temporaryFailure
        case .permissionDenied, .unauthenticated: ExitStatus.noPermission
        case .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .outOfRange: ExitStatus.dataError
        default: ExitStatus.software
        }
    }
}
