import Dispatch
import Synchronization

/// The writer rests between two batches until this is released or its limit has passed, whichever is first.
final class WriterHold: Sendable {
    private enum State { case held, released, expired }

    private let state = Mutex(State.held)
    private let writer: Writer

    /// The writer must rest already.
    init(_ writer: Writer, limit: Duration) {
        self.writer = writer
        let (seconds, attoseconds) = limit.components
        let nanoseconds = Int(clamping: seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.end(.expired) }
    }

    /// Lets the writer go on. Returns whether it rested until now, or until an earlier release.
    func release() -> Bool {
        end(.released)
        return state.withLock { $0 == .released }
    }

    private func end(_ reason: State) {
        let isFirst = state.withLock { state in
            guard state == .held else { return false }
            state = reason
            return true
        }
        if isFirst { writer.thaw() }
    }
}
