import Synchronization

/// The newest durable entry, and who waits for a newer one.
final class JournalHead: Sendable {
    private struct Waiter {
        let after: Int64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var position: JournalPosition
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let clock: any WallClock

    init(_ position: JournalPosition, clock: any WallClock) {
        self.clock = clock
        state = Mutex(State(position: position))
    }

    var position: JournalPosition { state.withLock { $0.position } }

    /// Says that entries up to `position` are durable, and wakes those who waited for them, in order of their arrival.
    func advance(to position: JournalPosition) {
        let woken = state.withLock { state -> [Waiter] in
            state.position = position
            guard !state.waiters.isEmpty else { return [] }
            let ready = state.waiters.filter { $0.value.after < position.offset }
            for id in ready.keys { state.waiters[id] = nil }
            return ready.sorted { $0.key < $1.key }.map(\.value)
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Wakes everybody for good.
    func close() {
        let woken = state.withLock { state -> [Waiter] in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.sorted { $0.key < $1.key }.map(\.value)
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Returns when there is an entry after `after`, when `timeout` has passed, when the task is cancelled, or when the store closes.
    func wait(after: Int64, timeout: Duration) async {
        if state.withLock({ $0.position.offset > after || $0.isClosed }) { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(after: after) }
            group.addTask { try? await self.clock.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(after: Int64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.position.offset > after || state.isClosed || Task.isCancelled { return true }
                    state.waiters[id] = Waiter(after: after, continuation: continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}
