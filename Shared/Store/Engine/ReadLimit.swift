import Synchronization

/// Tells every read that runs to end: the write-ahead log must begin anew.
final class ReadInterrupts: Sendable {
    private let count = Atomic<Int>(0)

    /// How often the reads were told so.
    var epoch: Int { count.load(ordering: .relaxed) }

    func interrupt() {
        count.add(1, ordering: .relaxed)
    }
}

/// Ends one connection's read when its time is over or when all reads are to end.
///
/// `@unchecked Sendable`: only touched on the serial queue of the connection.
final class ReadLimit: @unchecked Sendable {
    private let interrupts: ReadInterrupts
    private var deadline: ContinuousClock.Instant?
    private var epoch = 0

    init(_ interrupts: ReadInterrupts) {
        self.interrupts = interrupts
    }

    /// A read begins. Nobody else's limit holds on this connection until ``end()``.
    func begin(_ limit: Duration) {
        deadline = .now + limit
        epoch = interrupts.epoch
    }

    func end() {
        deadline = nil
    }

    /// Whether the read that runs must end.
    var isOver: Bool {
        guard let deadline else { return false }
        return epoch != interrupts.epoch || ContinuousClock.now >= deadline
    }
}
