import Synchronization

/// The requests that wait for the writer, bounded, in order of arrival.
final class WriteQueue: Sendable {
    enum Entry: Sendable, Hashable {
        /// The writer sleeps: the caller starts it.
        case startWriter
        /// The writer will come to it.
        case queued
        case refused(StoreError)
    }

    enum Hold: Sendable, Hashable {
        case held, heldAlready, closed
    }

    private struct State {
        var waiting: [any WriteJob] = []
        var isWriterAwake = false
        /// The writer rests: what comes waits until it is released.
        var isHeld = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let batch: Int

    init(limit: Int, batch: Int) {
        self.limit = limit
        self.batch = batch
    }

    func enter(_ job: any WriteJob) -> Entry {
        state.withLock { state in
            if state.isClosed { return .refused(.closed) }
            if state.waiting.count >= limit { return .refused(.overloaded) }
            state.waiting.append(job)
            if state.isWriterAwake || state.isHeld { return .queued }
            state.isWriterAwake = true
            return .startWriter
        }
    }

    /// Everything that waits, up to a batch; empty when the writer may sleep.
    func take() -> [any WriteJob] {
        state.withLock { state in
            if state.isHeld {
                state.isWriterAwake = false
                return []
            }
            if state.waiting.count <= batch {
                defer { state.waiting = [] }
                state.isWriterAwake = !state.waiting.isEmpty
                return state.waiting
            }
            defer { state.waiting.removeFirst(batch) }
            return Array(state.waiting.prefix(batch))
        }
    }

    /// Has the writer rest after its present batch.
    func hold() -> Hold {
        state.withLock { state in
            if state.isClosed { return .closed }
            if state.isHeld { return .heldAlready }
            state.isHeld = true
            return .held
        }
    }

    /// Ends the rest; returns whether the caller is to start the writer.
    func release() -> Bool {
        state.withLock { state in
            state.isHeld = false
            guard !state.waiting.isEmpty, !state.isWriterAwake else { return false }
            state.isWriterAwake = true
            return true
        }
    }

    /// Refuses whatever comes from now on; what waits is still taken.
    func close() {
        state.withLock { $0.isClosed = true }
    }
}
