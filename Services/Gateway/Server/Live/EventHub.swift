public import ServiceLifecycle
import Synchronization

/// Wakes the live streams when there is something new, and from time to time in any case. It carries no events: each stream reads
/// them from the store at its own pace, so a slow client costs nothing but its place.
public final class EventHub: Service {
    /// How many streams may stand open.
    static let limit = 1_000
    /// How many of them one party may hold, whatever its credentials: nobody crowds out the others.
    static let limitOfOne = 50
    static let heartbeat: Duration = .seconds(15)

    private struct Streams {
        var next = 0
        var open: [Int: AsyncStream<Void>.Continuation] = [:]
        var owners: [Int: String] = [:]
        var isClosed = false
    }

    private let streams = Mutex(Streams())

    /// A stream's wake-up calls; they end when the service does.
    struct Subscription: Sendable {
        var id: Int
        var calls: AsyncStream<Void>
    }

    /// Nil when there are too many already.
    /// - Parameter owner: the party that listens, as `Caller.identity` says it.
    func subscribe(_ owner: String) -> Subscription? {
        // One call may wait; more say nothing more.
        let (calls, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return streams.withLock { streams in
            guard !Self.isFull(streams, for: owner) else { return nil }
            streams.next += 1
            streams.owners[streams.next] = owner
            streams.open[streams.next] = continuation
            return Subscription(id: streams.next, calls: calls)
        }
    }

    func isFull(for owner: String) -> Bool { streams.withLock { Self.isFull($0, for: owner) } }

    private static func isFull(_ streams: Streams, for owner: String) -> Bool {
        streams.isClosed || streams.open.count >= limit
            || streams.owners.values.count { $0 == owner } >= limitOfOne
    }

    func unsubscribe(_ subscription: Subscription) {
        streams.withLock { streams in
            streams.owners[subscription.id] = nil
            return streams.open.removeValue(forKey: subscription.id)
        }?.finish()
    }

    func wake() {
        let open = streams.withLock { Array($0.open.values) }
        for continuation in open { continuation.yield() }
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.heartbeat)
                self.wake()
            }
        }
        close()
    }

    /// Ends every stream; no further one begins.
    func close() {
        streams.withLock { $0.isClosed = true }
        endStreams()
    }

    /// How many listen.
    var openStreams: Int { streams.withLock { $0.open.count } }
    /// Whether anyone listens.
    var hasStreams: Bool { openStreams > 0 }

    /// Ends the streams that are open; their clients may come back.
    func endStreams() {
        let open = streams.withLock { streams in
            defer { streams.open = [:] }
            return Array(streams.open.values)
        }
        for continuation in open { continuation.finish() }
    }
}
