import Synchronization

/// How much of its streams' messages a connection holds that the socket has not taken. While it is full the streams wait, whatever credit
/// the peer gave: a peer that gives much and reads nothing costs no more than this.
final class OutputGate: Sendable {
    private let heldBytes = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var isOpen: Bool { heldBytes.load(ordering: .acquiring) < limit }

    /// A message was handed over.
    func enter(_ bytes: Int) {
        heldBytes.add(bytes, ordering: .acquiringAndReleasing)
    }

    /// The socket took it.
    /// - Returns: whether this opened the gate, so that those who wait must be told.
    func leave(_ bytes: Int) -> Bool {
        let (before, after) = heldBytes.subtract(bytes, ordering: .acquiringAndReleasing)
        return before >= limit && after < limit
    }
}
