import NIOCore
import Wire

/// One call as the client's connection sees it.
///
/// `@unchecked`: the state is touched on the client's event loop only; what subclasses share with the caller's task has a mutex.
class ClientCall: @unchecked Sendable {
    /// Method and metadata as they go on the wire, then the body.
    let payload: ByteBuffer
    /// Bytes of `payload` that belong to the head.
    let headLength: Int
    /// When the caller asked.
    let begun: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant?
    /// Set once the event loop knows of the call; before that it may only be marked as cancelled.
    var isStarted = false
    var isCancelled = false
    /// Set while the call is in flight.
    var stream: StreamID?
    /// Set once nothing more is to be told.
    var isOver = false
    /// The connection that carries the call.
    var connection: ClientChannelHandler?
    /// Ends a call that waits for its connection.
    var waitTimer: Scheduled<Void>?

    init(
        payload: ByteBuffer, headLength: Int, begun: ContinuousClock.Instant, deadline: ContinuousClock.Instant?
    ) {
        self.payload = payload
        self.headLength = headLength
        self.begun = begun
        self.deadline = deadline
    }

    /// What is left of the deadline, rounded up; 0 for no deadline.
    func timeoutMilliseconds(at now: ContinuousClock.Instant) -> UInt32 {
        guard let deadline else { return 0 }
        let (seconds, attoseconds) = (deadline - now).components
        let milliseconds =
            seconds * 1_000 + (attoseconds + Self.attosecondsPerMillisecond - 1) / Self.attosecondsPerMillisecond
        return UInt32(clamping: max(1, milliseconds))
    }

    private static let attosecondsPerMillisecond: Int64 = 1_000_000_000_000_000

    /// The only response has come.
    func received(response body: ByteBuffer) {}

    /// One message of a stream has come. False when the call is over for it, and the server should stop.
    func received(message body: ByteBuffer) -> Bool { false }

    /// The call is over: OK when `failure` is nil.
    func ended(_ failure: CallFailure?) {}
}
