import ArgumentParser

/// Exit codes by sysexits.h.
enum ExitStatus {
    static let usage = ExitCode(64)
    static let dataError = ExitCode(65)
    static let noInput = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let software = ExitCode(70)
    static let cannotCreate = ExitCode(73)
    static let temporaryFailure = ExitCode(75)
    static let noPermission = ExitCode(77)
}

/// A failure that ends the command with one line on standard error.
struct CommandFailure: Error {
    var message: String
    var status: ExitCode

    init(_ message: String, _ status: ExitCode) {
        self.message = message
        self.status = status
    }
}
