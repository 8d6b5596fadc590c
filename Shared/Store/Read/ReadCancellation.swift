import Synchronization

/// Whether the caller of a read has given up: what still waits for a reader is then not done at all.
final class ReadCancellation: Sendable {
    private let isCancelled = Atomic<Bool>(false)

    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }

    /// Throws when the caller has given up.
    func check() throws {
        if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    }
}
