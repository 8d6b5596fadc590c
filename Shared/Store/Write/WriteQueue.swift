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

    private struct State {
        var waiting: [any WriteJob] = []
        var isWriterAwake = false
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
            if state.isWriterAwake { return .queued }
            state.isWriterAwake = true
            return .startWriter
        }
    }

    /// Everything that waits, up to a batch; empty when the writer may sleep.
    func take() -> [any WriteJob] {
        state.withLock { state in
            if state.waiting.count <= batch {
                defer { state.waiting = [] }
                state.isWriterAwake = !state.waiting.isEmpty
                return state.waiting
            }
            defer { state.waiting.removeFirst(batch) }
            return Array(state.waiting.prefix(batch))
        }
    }

    /// Refuses whatever comes from now on; what waits is still taken.
    func close() {
        state.withLock { $0.isClosed = true }
    }
}
