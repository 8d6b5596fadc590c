import NIOCore
import Synchronization
import Wire

/// A call with many responses. Those that came and were not yet taken are held here; credit bounds them.
final class StreamingCall<Response: WireMessage>: ClientCall, @unchecked Sendable {
    /// A response and what it took of the credit.
    typealias Element = (response: Response, bytes: Int)

    private struct State {
        /// Taken responses that are worth moving the rest to be rid of.
        private let compactionCount = 256
        var waiting: [Element] = []
        var taken = 0
        var isEnded = false
        var failure: CallFailure?
        var reader: CheckedContinuation<Result<Element?, CallFailure>, Never>?

        /// The next response, nil for the end; no result while neither is there.
        mutating func next() -> Result<Element?, CallFailure>? {
            if taken < waiting.count {
                let element = waiting[taken]
                taken += 1
                if taken == waiting.count || taken >= compactionCount {
                    waiting.removeFirst(taken)
                    taken = 0
                }
                return .success(element)
            }
            guard isEnded else { return nil }
            return failure.map { .failure($0) } ?? .success(nil)
        }
    }

    private let state = Mutex(State())

    /// The next response; nil when the server ended the stream with OK.
    func next() async -> Result<Element?, CallFailure> {
        await withCheckedContinuation { continuation in
            let result = state.withLock { state in
                let result = state.next()
                if result == nil { state.reader = continuation }
                return result
            }
            if let result { continuation.resume(returning: result) }
        }
    }

    override func received(message body: ByteBuffer) -> Bool {
        do throws(CallFailure) {
            let response = try Response(response: body)
            update { $0.waiting.append((response, body.readableBytes + FrameHeader.size)) }
            return true
        } catch {
            ended(error)
            return false
        }
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
        let waiting = state.withLock { state in
            change(&state)
            guard let reader = state.reader, let result = state.next() else { return nil as (() -> Void)? }
            state.reader = nil
            return { reader.resume(returning: result) }
        }
        waiting?()
    }
}
