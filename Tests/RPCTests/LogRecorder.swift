import Logging
import Synchronization

/// A log handler that keeps what was logged, for tests that ask for it.
final class LogRecorder: Sendable {
    private let entries = Mutex<[String]>([])

    /// Each line as "level message error", in order.
    var lines: [String] { entries.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let error = event.metadata?["error"].map { " \($0)" } ?? ""
            recorder.entries.withLock { $0.append("\(event.level) \(event.message)\(error)") }
        }
    }
}
