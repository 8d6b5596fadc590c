import Glibc
import Store
import Synchronization

/// One line on a terminal that tells how far a move has come; nothing elsewhere.
final class MoveDisplay: Sendable {
    private static let pause: Duration = .milliseconds(200)

    private let service: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let shown = Mutex<ContinuousClock.Instant?>(nil)

    init(service: String) {
        self.service = service
    }

    func show(_ progress: MoveProgress) {
        guard isTerminal else { return }
        let isDue = shown.withLock { shown in
            let now = ContinuousClock.now
            if let last = shown, now - last < Self.pause { return false }
            shown = now
            return true
        }
        guard isDue else { return }
        let table = progress.table.isEmpty ? "" : " of \(progress.table)"
        let total = progress.total > 0 ? " of \(progress.total)" : ""
        write("\(service): \(progress.step.rawValue)\(table), \(progress.done)\(total)")
    }

    /// Takes the line away.
    func clear() {
        if isTerminal, shown.withLock({ $0 }) != nil { write("") }
    }

    /// The line begins anew and loses what it had.
    private func write(_ line: String) {
        LogSink.standardError.write("\r\u{1B}[K\(line)")
    }
}
