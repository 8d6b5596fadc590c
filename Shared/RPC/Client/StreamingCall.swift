import NIOCore
import Synchronization
import Wire

/// A call with many responses. The bytes of those that came and were not yet taken are held here; credit bounds them.
final class StreamingCall: ClientCall, @unchecked Sendable {
    /// Responses that came, one behind the other.
    struct Messages {
        private(set) var bytes = ByteBuffer()
        private(set) var lengths: [Int] = []

        /// Copied, because a small message would keep the whole buffer that it was received in.
        mutating func append(_ body: ByteBuffer) {
            bytes.writeImmutableBuffer(body)
            lengths.append(body.readableBytes)
        }

        mutating func removeAll() {
            bytes.clear()
            lengths.removeAll(keepingCapacity: true)
        }
    }

    private struct State {
        var waiting = Messages()
        var isEnded = false
        var failure: CallFailure?
        var reader: UnsafeContinuation<Void, Never>?

        /// Whether a reader has something to take: messages or the end.
        var isReady: Bool { isEnded || !waiting.lengths.isEmpty }
    }

    private let state = Mutex(State())

    /// Waits for messages, or the end, and swaps all that came with `messages`, which must be empty. None came: this is the end.
    func next(_ messages: inout Messages) async {
        if !state.withLock({ $0.isReady }) {
            await withUnsafeContinuation { reader in
                let isReady = state.withLock { state in
                    if !state.isReady { state.reader = reader }
                    return state.isReady
                }
                if isReady { reader.resume() }
            }
        }
        state.withLock { swap(&$0.waiting, &messages) }
    }

    /// How the call ended, once it has; nil for OK.
    var failure: CallFailure? { state.withLock { $0.failure } }

    override func received(message body: ByteBuffer) -> Bool {
        update { $0.waiting.append(body) }
        return true
    }

    override func received(response body: ByteBuffer) {
        ended(CallFailure(error: RPCError(.internalError, "one response answered a streaming call"), reach: .final))
    }

    override func ended(_ failure: CallFailure?) {
        update { state in
            guard !state.isEnded else { return }
            state.isEnded = true
            state.failure = failure
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let reader = state.withLock { state in
            change(&state)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }
}
