import NIOCore
import Wire

/// A call with one response, which its caller decodes.
///
/// `@unchecked`: the continuation is set before the call is started, and taken on the event loop.
final class UnaryCall: ClientCall, @unchecked Sendable {
    private var continuation: UnsafeContinuation<Result<ByteBuffer, CallFailure>, Never>?

    /// Waits for the outcome; `start` sends the call.
    func outcome(_ start: () -> Void) async -> Result<ByteBuffer, CallFailure> {
        await withUnsafeContinuation { continuation in
            self.continuation = continuation
            start()
        }
    }

    override func received(response body: ByteBuffer) {
        finish(.success(body))
    }

    override func received(message body: ByteBuffer) -> Bool {
        finish(.failure(CallFailure(error: RPCError(.internalError, "a stream answered a unary call"), reach: .final)))
        return false
    }

    override func ended(_ failure: CallFailure?) {
        finish(
            .failure(failure ?? CallFailure(error: RPCError(.internalError, "OK without a response"), reach: .final)))
    }

    private func finish(_ outcome: Result<ByteBuffer, CallFailure>) {
        let waiting = continuation
        continuation = nil
        waiting?.resume(returning: outcome)
    }
}

extension ByteBuffer {
    /// Decodes what a server sent.
    func decode(_ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void) throws(RPCError) {
        do {
            try withUnsafeReadableBytes { bytes throws(MessageError) in try decode(bytes) }
        } catch {
            throw RPCError(.internalError, "the response cannot be decoded", cause: error)
        }
    }
}
