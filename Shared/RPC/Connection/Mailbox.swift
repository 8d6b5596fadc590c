import NIOCore
import Synchronization

/// Events from any thread to one event loop. However many come while the loop is busy, it wakes once for them and flushes once.
final class Mailbox<Event: Sendable>: Sendable {
    private let events = Mutex<[Event]>([])
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// - Parameter wake: runs on the loop when the mailbox was empty before; it must call `take`.
    func post(_ event: Event, _ wake: @escaping @Sendable () -> Void) {
        let isFirst = events.withLock { events in
            events.append(event)
            return events.count == 1
        }
        if isFirst { eventLoop.execute(wake) }
    }

    /// All events so far, in order.
    func take() -> [Event] {
        events.withLock { events in
            let taken = events
            events = []
            return taken
        }
    }
}
