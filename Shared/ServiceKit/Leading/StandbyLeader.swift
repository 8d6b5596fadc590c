import Synchronization

/// What an instance that waits knows of the leader.
final class StandbyLeader: Sendable {
    private let address = Mutex<String?>(nil)

    /// Its RPC address; nil while nobody is known to lead.
    var current: String? { address.withLock { $0 } }

    func set(_ leader: String?) {
        address.withLock { $0 = leader }
    }
}
