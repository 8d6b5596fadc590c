import Model
import NIOCore
import Synchronization
import Wire

/// One call that a server runs. Its task may be anywhere; everything about the connection happens on the event loop.
///
/// `@unchecked`: `runner`, `task`, `isOver` and `isFinished` are touched on the connection's event loop only; `window` has its mutex.
final class ServerCall: @unchecked Sendable {
    /// How a handler ended.
    enum Outcome: Sendable {
        case response(ByteBuffer)
        case ended
        case failed(RPCError)
    }

    /// The handler with its request.
    typealias Operation = @Sendable () async throws -> Void

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
    private var isFinished = false
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

    /// Decodes the request and runs the handler. It starts on the loop's own thread; when it never suspends it is over on return, with no hop
    /// at all. A long request is decoded elsewhere, for the loop has others to serve.
    ///
    /// The tasks are unstructured because a call's life is its connection's: `end` cancels them, and `finish` reports their end.
    func run<Request: WireMessage>(
        _ body: UnsafeRawBufferPointer, _ handler: @escaping @Sendable (Request) async throws -> Void
    ) {
        guard body.count <= Self.longestInlineBytes else {
            let bytes = Array(body)
            task = Task { await self.complete { try await handler(try bytes.withUnsafeBytes(Self.decode)) } }
            return
        }
        do {
            let request: Request = try Self.decode(body)
            start { try await handler(request) }
        } catch {
            finish(.failed(RPCError(handlerError: error)))
        }
    }

    private func start(_ operation: @escaping Operation) {
        let runner = output.handlerTasks.run(self, operation)
        if isFinished { return }
        self.runner = runner
        if isOver { runner.cancel(self) }
    }

    /// The longest request that is decoded on the loop: well under a tenth of a millisecond.
    private static let longestInlineBytes = 64 * 1_024

    private static func decode<Request: WireMessage>(_ body: UnsafeRawBufferPointer) throws -> Request {
        do { return try Request(decoding: body) } catch { throw RPCError(undecodable: error) }
    }

    private func complete(_ operation: () async throws -> Void) async {
        do { try await operation() } catch { finish(.failed(RPCError(handlerError: error))) }
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
        isFinished = true
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

    /// The only answer of a unary call.
    func respond(_ response: some WireMessage) throws {
        if output.eventLoop.inEventLoop {
            try response.withEncoded { try output.respond(self, body: $0) }
        } else {
            finish(.response(try response.encodedBuffer(limit: output.maxResponseBytes)))
        }
    }

    /// The handler is done.
    func finish(_ outcome: Outcome) {
        output.finish(self, outcome)
    }

    /// Sends one message of a stream; suspends while there is no credit.
    func send(_ response: some WireMessage) async throws {
        if output.eventLoop.inEventLoop, try sendNow(response) { return }
        let body = try response.encodedBuffer(limit: output.maxResponseBytes)
        while try !takeCredit(for: body.readableBytes) { try await waitForCredit() }
        output.send(self, body)
    }

    /// Sends on the event loop, straight into the output. False when there is no credit.
    private func sendNow(_ response: some WireMessage) throws -> Bool {
        try response.withEncoded { bytes in
            try RPCError.checkLength(bytes.count, limit: output.maxResponseBytes)
            guard try takeCredit(for: bytes.count) else { return false }
            output.sendNow(self, bytes)
            return true
        }
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
        try withEncoded { bytes in
            try RPCError.checkLength(bytes.count, limit: limit)
            return ByteBuffer(bytes: bytes)
        }
    }
}
