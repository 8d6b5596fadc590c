import NIOHTTP2
import Wire

/// One stream of an HTTP/2 connection, from its headers until it is closed. Used on the connection's event loop alone.
final class GRPCCall {
    let stream: HTTP2StreamID
    let started: ContinuousClock.Instant
    /// Full name, for records: "unknown" for one that is not served here.
    var method = ServerCall.unknownMethod
    /// What is to run once the request is here.
    var target = Target.none
    var head: GRPCRequestHead?
    var request: GRPCStream
    var deadline: ContinuousClock.Instant?
    /// The handler that runs, if any.
    var call: ServerCall?
    /// Whether the headers before the first message are out.
    var hasHeaders = false
    /// Whether the status is out: nothing more will be said.
    var isAnswered = false
    /// Bytes of the request that are counted as held.
    var heldBytes = 0
    /// Bytes of responses that the client's windows have not let through.
    var unsentBytes = 0
    /// What the client may still send before we grant more; nil once it has ended.
    var windowLeft: Int?

    enum Target {
        case none
        case method(ServedMethod)
        case exchange(ExchangeMethod)
    }

    init(_ stream: HTTP2StreamID, started: ContinuousClock.Instant, maxMessageBytes: Int) {
        self.stream = stream
        self.started = started
        request = GRPCStream(.single, maxMessageBytes: maxMessageBytes)
    }
}
