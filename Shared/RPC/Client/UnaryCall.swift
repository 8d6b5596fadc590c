import NIOCore
import Synchronization
import Wire

/// A call with one response, which is decoded on the event loop, where its bytes are.
final class UnaryCall<Response: WireMessage>: ClientCall, @unchecked Sendable {
    private let continuation = Mutex<CheckedContinuation<Result<Response, CallFailure>, Never>?>(nil)

    /// Waits for the outcome; `start` sends the call.
    func outcome(_ start: () -> Void) async -> Result<Response, CallFailure> {
        await withCheckedContinuation { continuation in
            self.continuation.withLock { $0 = continuation }
            start()
        }
    }

    override func received(response body: ByteBuffer) {
        finish(Result { () throws(CallFailure) in try Response(response: body) })
    }

    override func received(message body: ByteBuffer) -> Bool {
        finish(.failure(CallFailure(error: RPCError(.internalError, "a stream answered a unary call"), reach: .final)))
        return false
    }

    override func ended(_ failure: CallFailure?) {
        finish(
            .failure(failure ?? CallFailure(error: RPCError(.internalError, "OK without a response"), reach: .final)))
    }

    private func finish(_ outcome: Result<Response, CallFailure>) {
        continuation.withLock { $0.take() }?.resume(returning: outcome)
    }
}

extension WireMessage {
    /// Decodes what a server sent.
    init(response body: ByteBuffer) throws(CallFailure) {
        var outcome: Result<Self, MessageError>?
        body.withUnsafeReadableBytes { bytes in
            do throws(MessageError) { outcome = .success(try Self(decoding: bytes)) } catch {
                outcome = .failure(error)
            }
        }
        switch outcome! {
        case .success(let message): self = message
        case .failure(let error):
            let failure = RPCError(.internalError, "the response cannot be decoded", cause: error)
            throw CallFailure(error: failure, reach: .final)
        }
    }
}
