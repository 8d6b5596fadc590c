import SystemPackage

/// Where log lines go.
public struct LogSink: Sendable {
    let write: @Sendable (String) -> Void

    public init(_ write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    /// Standard error; one system call a line, so that lines of several threads never mix.
    public static let standardError = LogSink { line in
        // Nowhere is left to say that a log line could not be written.
        _ = try? FileDescriptor.standardError.writeAll(line.utf8)
    }
}
