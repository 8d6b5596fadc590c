public import ServiceLifecycle
import Synchronization

/// Wakes the live streams when there is something new, and from time to time in any case. It carries no events: each stream reads
/// them from the store at its own pace, so a slow client costs nothing but its place.
public final class EventHub: Service {
    /// How many streams may stand open.
    static let limit = 1_000
    static let heartbeat: Duration = .seconds(15)

    private struct Streams {
        var next = 0
        var open: [Int: AsyncStream<Void>.Continuation] = [:]
        var isClosed = false
    }

    private let streams = Mutex(Streams())

    /// A stream's wake-up calls; they end when the service does.
    struct Subscription: Sendable {
        var id: Int
        var calls: AsyncStream<Void>
    }

    /// Nil when there are too many already.
    func subscribe() -> Subscription? {
        // One call may wait; more say nothing more.
        let (calls, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return streams.withLock { streams in
            guard !streams.isClosed, streams.open.count < Self.limit else { return nil }
            streams.next += 1
            streams.open[streams.next] = continuation
            return Subscription(id: streams.next, calls: calls)
        }
    }

    var isFull: Bool { streams.withLock { $0.isClosed || $0.open.count >= Self.limit } }

    func unsubscribe(_ subscription: Subscription) {
        streams.withLock { $0.open.removeValue(forKey: subscription.id) }?.finish()
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

    /// Whether anyone listens.
    var hasStreams: Bool { streams.withLock { !$0.open.isEmpty } }

    /// Ends the streams that are open; their clients may come back.
    func endStreams() {
        let open = streams.withLock { streams in
            defer { streams.open = [:] }
            return Array(streams.open.values)
        }
        for continuation in open { continuation.finish() }
    }
}
