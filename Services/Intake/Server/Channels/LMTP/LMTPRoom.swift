import Synchronization

/// How many connections are served at once.
final class LMTPRoom: Sendable {
    private let capacity: Int
    private let taken = Mutex(0)

    init(_ capacity: Int) { self.capacity = capacity }

    /// False when there is none left; `leave` is due either way.
    func enter() -> Bool {
        taken.withLock {
            $0 += 1
            return $0 <= capacity
        }
    }

    func leave() { taken.withLock { $0 -= 1 } }
}
