/// How a log line is written.
public enum LogFormat: Sendable, Hashable {
    /// One JSON object a line, for machines.
    case json
    /// Words, for a person at a terminal.
    case text
}
