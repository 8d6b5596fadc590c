public import Model
import Store
import Synchronization

/// The journals that this service follows, while it runs.
public final class FollowedJournals: Sendable {
    private let service: String
    private let store: Store
    private let followers = Mutex<[String: JournalFollower]>([:])

    init(service: String, store: Store) {
        self.service = service
        self.store = store
    }

    func add(_ follower: JournalFollower) {
        followers.withLock {
            precondition($0[follower.source] == nil, "a journal is followed once")
            $0[follower.source] = follower
        }
    }

    /// Waits until this service has applied what stands at `place`, which may be in its own journal. False when it has not within
    /// `timeout`: answer what you have, marked stale. Places of journals that it does not follow are never reached.
    public func catchUp(to place: Place, timeout: Duration) async -> Bool {
        if place.service == service {
            let head = await store.head
            return place.offset <= head.offset
        }
        guard let follower = followers.withLock({ $0[place.service] }) else { return false }
        return await follower.catchUp(to: place.offset, timeout: timeout)
    }

    /// Asks `source` where its journal ends, and waits until this service has applied all of it. False when that took longer than
    /// `timeout`.
    /// - Throws: `RPCError` when the source does not answer.
    public func catchUpWithHead(of source: String, timeout: Duration) async throws -> Bool {
        guard let follower = followers.withLock({ $0[source] }) else {
            preconditionFailure("\(source) is not followed")
        }
        let head = try await follower.sourceHead()
        return await follower.catchUp(to: head.offset, timeout: timeout)
    }

    /// How far each journal is applied, by name.
    var states: [FollowerState] {
        followers.withLock { $0.values.map(\.status) }.sorted { $0.source < $1.source }
    }
}
