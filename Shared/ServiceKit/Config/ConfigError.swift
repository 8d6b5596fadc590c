/// Why a program cannot start with the settings it was given. One line, fit for the operator.
public struct ConfigError: Error, Sendable, Hashable, CustomStringConvertible {
    /// As in sysexits.h.
    public enum ExitCode: Int32, Sendable {
        /// The command line is wrong.
        case usage = 64
        /// A file that is named cannot be read.
        case noInput = 66
        /// The environment or a file has a wrong setting.
        case config = 78
    }

    public var exitCode: ExitCode
    public var description: String

    public init(_ exitCode: ExitCode, _ description: String) {
        self.exitCode = exitCode
        self.description = description.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
