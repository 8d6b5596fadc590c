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
    let deadline: ContinuousClock.Instant?
    /// Set while the call is in flight.
    var stream: StreamID?
    /// Set once nothing more is to be told.
    var isOver = false
    /// The connection that carries the call.
    var connection: ClientChannelHandler?
    /// Ends a call that waits for its connection.
    var waitTimer: Scheduled<Void>?

    init(payload: ByteBuffer, headLength: Int, deadline: ContinuousClock.Instant?) {
        self.payload = payload
        self.headLength = headLength
        self.deadline = deadline
    }

    /// What is left of the deadline, rounded up; 0 for no deadline.
    func timeoutMilliseconds(at now: ContinuousClock.Instant) -> UInt32 {
        guard let deadline else { return 0 }
        let left = (deadline - now) / .milliseconds(1)
        return UInt32(max(1, min(left.rounded(.up), Double(UInt32.max))))
    }

    /// The only response has come.
    func received(response body: ByteBuffer) {}

    /// One message of a stream has come. False when the call is over for it, and the server should stop.
    func received(message body: ByteBuffer) -> Bool { false }

    /// The call is over: OK when `failure` is nil.
    func ended(_ failure: CallFailure?) {}
}
