import Model
import NIOCore
import Synchronization
import Wire

/// One call that a server runs. Its task may be anywhere; everything about the connection happens on the event loop.
///
/// `@unchecked`: `runner`, `task` and `isOver` are touched on the connection's event loop only, `isAnswered` by whoever runs the call; `window`
/// has its mutex.
final class ServerCall: ResponseSink, @unchecked Sendable {
    /// How a handler ended.
    enum Outcome: Sendable {
        case response(ByteBuffer)
        case ended
        case failed(RPCError)
    }

    /// The right to send, and who waits for it.
    private struct Window {
        var credit: CreditWindow
        var isClosed = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    /// The method of a call that names none of ours, in records.
    static let unknownMethod = "unknown"

    let stream: StreamID
    let method: String
    let started: ContinuousClock.Instant
    /// What the request weighs, which is held until the handler ends.
    let requestBytes: Int
    /// True once the caller wants nothing more: cancelled, expired, or connection lost.
    var isOver = false
    /// Whether the outcome was told; touched by the handler's task alone, or before it begins.
    private var isAnswered = false
    private var runner: HandlerTasks.Runner?
    /// Of a long request.
    private var task: Task<Void, Never>?
    private let output: any ServerCallOutput
    private let window: Mutex<Window>

    init(
        stream: StreamID, method: String, started: ContinuousClock.Instant, credit: Int, requestBytes: Int = 0,
        output: any ServerCallOutput
    ) {
        self.stream = stream
        self.method = method
        self.started = started
        self.requestBytes = requestBytes
        self.output = output
        window = Mutex(Window(credit: CreditWindow(credit)))
    }

    // MARK: - On the event loop

    /// Decodes the request and has the handler run. A long request is decoded elsewhere, for the loop has others to serve.
    ///
    /// The tasks are unstructured because a call's life is its connection's: `end` cancels them, and `finish` reports their end.
    func run(_ method: ServedMethod, _ body: UnsafeRawBufferPointer, _ context: CallContext) {
        guard body.count <= Self.longestInlineBytes else {
            let bytes = Array(body)
            task = Task {
                do { try await bytes.withUnsafeBytes { try Self.prepare(method, $0) }(context, self) } catch {
                    fail(error)
                }
                complete()
            }
            return
        }
        do {
            output.handlerTasks.add(self, context, try Self.prepare(method, body))
        } catch {
            fail(error)
        }
    }

    /// The longest request that is decoded on the loop: well under a tenth of a millisecond.
    private static let longestInlineBytes = 64 * 1_024

    private static func prepare(
        _ method: ServedMethod, _ body: UnsafeRawBufferPointer
    ) throws -> ServedMethod.Operation {
        do { return try method.prepare(body) } catch { throw RPCError(undecodable: error) }
    }

    /// The handler begins.
    func begin(on runner: HandlerTasks.Runner) {
        self.runner = runner
    }

    /// The caller gave more credit.
    func grant(_ bytes: Int) {
        let waiting = window.withLock { window in
            guard window.credit.grant(bytes) else { return [CheckedContinuation<Void, Never>]() }
            defer { window.waiting = [:] }
            return Array(window.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Nobody waits for an answer any more: stops the senders and cancels the handler.
    func end() {
        isOver = true
        closeWindow()
        runner?.cancel(self)
        runner = nil
        task?.cancel()
        task = nil
    }

    /// The handler's end has reached the connection.
    func markFinished() {
        runner = nil
        task = nil
        closeWindow()
    }

    private func closeWindow() {
        let waiting = window.withLock { window in
            window.isClosed = true
            defer { window.waiting = [:] }
            return Array(window.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    // MARK: - From the handler's task

    func answer(_ response: some WireMessage) throws {
        guard !isAnswered else { throw RPCError(.internalError, "two answers to one call") }
        if output.eventLoop.inEventLoop {
            try response.withEncoded { try output.respond(self, body: $0) }
        } else {
            finish(.response(try response.encodedBuffer(limit: output.maxResponseBytes)))
        }
        isAnswered = true
    }

    /// The handler threw.
    func fail(_ error: any Error) {
        if isAnswered { return }
        isAnswered = true
        finish(.failed(RPCError(handlerError: error)))
    }

    /// The handler returned: a call without an answer was a stream, which is now over.
    func complete() {
        if isAnswered { return }
        isAnswered = true
        finish(.ended)
    }

    private func finish(_ outcome: Outcome) {
        output.finish(self, outcome)
    }

    func send(_ response: some WireMessage) async throws {
        if output.eventLoop.inEventLoop, try sendNow(response) { return }
        let body = try response.encodedBuffer(limit: output.maxResponseBytes)
        while try !takeCredit(for: body.readableBytes) { try await waitForCredit() }
        output.send(self, body)
    }

    /// Sends on the event loop, straight into the output. False when there is no credit.
    private func sendNow(_ response: some WireMessage) throws -> Bool {
        var isSent = false
        try response.withEncoded { bytes in
            try RPCError.checkLength(bytes.count, limit: output.maxResponseBytes)
            guard try takeCredit(for: bytes.count) else { return }
            output.sendNow(self, bytes)
            isSent = true
        }
        return isSent
    }

    private func takeCredit(for bytes: Int) throws -> Bool {
        try window.withLock { window in
            if window.isClosed { throw RPCError(.cancelled, "the caller no longer waits") }
            guard output.takesMessages else { return false }
            return window.credit.take(bytes + FrameHeader.size)
        }
    }

    private func waitForCredit() async throws {
        let waiter = window.withLock { window in
            window.nextWaiter += 1
            return window.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = window.withLock { window in
                    let mayTry = window.credit.available > 0 && output.takesMessages
                    if window.isClosed || mayTry || Task.isCancelled { return true }
                    window.waiting[waiter] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            window.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume()
        }
        if Task.isCancelled { throw RPCError(.cancelled, "the call was cancelled") }
    }
}

extension WireMessage {
    /// The encoded message in a buffer of its own.
    func encodedBuffer(limit: Int) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        try withEncoded { bytes in
            try RPCError.checkLength(bytes.count, limit: limit)
            buffer = ByteBuffer(bytes: bytes)
        }
        return buffer
    }
}
