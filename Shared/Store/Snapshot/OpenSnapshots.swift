import Synchronization

/// The snapshots that keep the write-ahead log from beginning anew.
final class OpenSnapshots: Sendable {
    private let open = Mutex<[ObjectIdentifier: StoreSnapshot]>([:])

    var isEmpty: Bool { open.withLock { $0.isEmpty } }

    func add(_ snapshot: StoreSnapshot) {
        open.withLock { $0[ObjectIdentifier(snapshot)] = snapshot }
    }

    func remove(_ snapshot: StoreSnapshot) {
        open.withLock { $0[ObjectIdentifier(snapshot)] = nil }
    }

    /// Ends them all, because the log has outgrown its limit. Returns how many there were.
    func expire() -> Int {
        let expired = open.withLock { open in
            defer { open = [:] }
            return open
        }
        for snapshot in expired.values { snapshot.expire() }
        return expired.count
    }

    /// Closes them all, because the store closes.
    func close() async {
        for snapshot in open.withLock({ Array($0.values) }) { await snapshot.close() }
    }
}
