import Synchronization

/// The open connections of one server, and who waits for their end.
final class ConnectionRegistry: Sendable {
    fileprivate struct State {
        var connections: [ObjectIdentifier: any ServedConnection] = [:]
        var isDraining = false
        var waiter: CheckedContinuation<Void, Never>?
        /// The wait was given up before it began.
        var isGivenUp = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let heldBytes = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// False when the connection must not be served: too many, or the server drains.
    func enter(_ connection: any ServedConnection) -> Bool {
        state.withLock { state in
            guard !state.isDraining, state.connections.count < limit else { return false }
            state.connections[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    func leave(_ connection: any ServedConnection) {
        let waiter = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            return state.connections.isEmpty ? state.takeWaiter() : nil
        }
        waiter?.resume()
    }

    /// A connection holds so much more, or less, of its peer's requests.
    /// - Returns: what all hold now.
    func hold(_ change: Int) -> Int {
        heldBytes.add(change, ordering: .relaxed).newValue
    }

    /// Takes no further connections. Those there are.
    func drain() -> [any ServedConnection] {
        state.withLock { state in
            state.isDraining = true
            return Array(state.connections.values)
        }
    }

    /// Returns when no connection is left, or when `giveUp` is called.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.connections.isEmpty || state.isGivenUp {
                    state.isGivenUp = false
                    return true
                }
                state.waiter = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// Lets the waiter go on, or the next one that comes.
    func giveUp() {
        let waiter = state.withLock { state in
            let waiter = state.takeWaiter()
            state.isGivenUp = waiter == nil
            return waiter
        }
        waiter?.resume()
    }
}

extension ConnectionRegistry.State {
    fileprivate mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
        defer { waiter = nil }
        return waiter
    }
}
