import NIOCore

/// Where a call's answers go: its connection (or its HTTP/2 stream), which owns the call until it is finished.
///
/// A call is finished once, by `respond` or `finish`; then the output calls `ServerCall.markFinished`. When the caller is gone before, the
/// output calls `ServerCall.end`, and drops what still comes.
protocol ServerCallOutput: AnyObject, Sendable {
    /// Where the call's state is touched.
    var eventLoop: any EventLoop { get }
    /// Longest response to encode.
    var maxResponseBytes: Int { get }
    /// What runs the handlers of the output's calls.
    var handlerTasks: HandlerTasks { get }
    /// Whether a stream may send now, beside its credit; from any thread. When that becomes true the output calls `ServerCall.grant` of all.
    var takesMessages: Bool { get }

    /// A unary call's only answer, which ends it; on the event loop. Throws when it is longer than the peer takes, and leaves the call open.
    func respond(_ call: ServerCall, body: UnsafeRawBufferPointer) throws

    /// One message of a stream, within the credit that `ServerCall.grant` gave; from any thread.
    func send(_ call: ServerCall, _ body: ByteBuffer)

    /// The same on the event loop; the bytes live as long as the call of this.
    func sendNow(_ call: ServerCall, _ body: UnsafeRawBufferPointer)

    /// The call's end; from any thread.
    func finish(_ call: ServerCall, _ outcome: ServerCall.Outcome)
}

extension ServerCallOutput {
    var takesMessages: Bool { true }

    func sendNow(_ call: ServerCall, _ body: UnsafeRawBufferPointer) { send(call, ByteBuffer(bytes: body)) }
}
