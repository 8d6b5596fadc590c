import NIOCore
import Wire

/// Performs what `ClientConnection` decides on one connection, and matches answers to calls.
///
/// `@unchecked`: everything is used on the client's event loop alone.
final class ClientChannelHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: RPCLimits
    private let transport: ClientTransport
    private var context: ChannelHandlerContext?
    private var machine: ClientConnection
    private var reader = FrameReader(maxPayloadBytes: Hello.maxBytes)
    private var keepalive: Keepalive
    private var framesRead = 0
    private var calls: [ClientCall?] = []
    private var out = ByteBuffer()
    private var slices = FlushSlices()
    private var isReading = false
    private var failure: RPCError?
    private var deadlineTimer: Scheduled<Void>?
    private var armedDeadline: ContinuousClock.Instant?
    private var keepaliveTimer: Scheduled<Void>?

    /// An output buffer that grew beyond this is given back.
    private static let keptOutputBytes = 256 * 1_024

    init(transport: ClientTransport, limits: RPCLimits) {
        self.transport = transport
        self.limits = limits
        machine = ClientConnection(limits: limits)
        keepalive = Keepalive(limits: limits)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        out.writeHello(Hello(limits))
        flush()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if machine.phase == .closed { return }
        isReading = true
        transport.executor.isGathering = true
        keepalive.hear()
        reader.append(unwrapInboundIn(data))
        do throws(ProtocolFault) {
            while machine.phase != .closed, let piece = try reader.next() {
                framesRead &+= 1
                perform(machine.receive(piece))
                reader.maxPayloadBytes = machine.maxPayloadBytes
            }
        } catch {
            perform(machine.fail(error))
        }
        reader.compact()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Callers who were answered go on here, and what they send leaves with the rest.
        transport.executor.isGathering = false
        transport.executor.run()
        isReading = false
        transport.flush()
        flushUnlessReading()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A lost connection's turn has no end of its own.
        transport.executor.isGathering = false
        end(failure ?? RPCError(.unavailable, "the connection was lost"))
        transport.executor.run()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil { failure = RPCError(.unavailable, "the connection failed: \(error)", cause: error) }
        context.close(promise: nil)
    }

    // MARK: - Calls

    /// Sends a call. It is answered through the call itself, in whatever way it ends.
    func start(_ call: ClientCall, at now: ContinuousClock.Instant) {
        guard machine.phase == .open else {
            transport.end(
                call, CallFailure(error: RPCError(.unavailable, "the connection is closing"), reach: .notProcessed))
            return
        }
        let bodyLength = call.payload.readableBytes - call.headLength
        if let refusal = refusal(bodyLength: bodyLength, headLength: RequestHead.timeoutSize + call.headLength) {
            transport.end(call, CallFailure(error: refusal, reach: .final))
            return
        }
        guard let stream = machine.open() else {
            let text = "more calls in flight than the connection takes"
            transport.end(call, CallFailure(error: RPCError(.resourceExhausted, text), reach: .final))
            return
        }
        call.stream = stream
        while calls.count <= stream.slot { calls.append(nil) }
        calls[stream.slot] = call
        out.writeRequest(
            stream: stream, timeoutMilliseconds: call.timeoutMilliseconds(at: now), payload: call.payload,
            tailLength: call.headLength)
        if let deadline = call.deadline { arm(deadline, at: now) }
        if slices.isDue(out.readableBytes) { flush() }
    }

    /// The caller wants no answer any more.
    func cancel(_ call: ClientCall) {
        guard let stream = call.stream, machine.end(stream) else { return }
        calls[stream.slot] = nil
        out.writeCancel(stream: stream)
    }

    /// The caller consumed so much of a stream.
    func grant(_ call: ClientCall, bytes: Int) {
        guard let stream = call.stream, machine.isOpen(stream) else { return }
        out.writeCredit(bytes, stream: stream)
    }

    /// The end of a turn in which calls were started from outside.
    func flushUnlessReading() {
        guard !isReading else { return }
        closeIfDrained()
        flush()
        slices.begin()
    }

    /// Starts no further calls; closes once those in flight are over.
    func drain() {
        machine.drain()
        flushUnlessReading()
    }

    /// Ends everything now.
    func close(_ error: RPCError) {
        failure = error
        if machine.phase != .closed, machine.phase != .awaitingHello {
            out.writeGoAway(GoAway(code: .drain, reason: "the client is done"), maxTextBytes: limits.maxStatusTextBytes)
        }
        flush()
        end(error)
        context?.close(promise: nil)
    }

    private func refusal(bodyLength: Int, headLength: Int) -> RPCError? {
        let maxBody = min(limits.maxMessageBytes, machine.peer?.maxMessageBytes ?? limits.maxMessageBytes)
        if bodyLength > maxBody {
            return RPCError(.resourceExhausted, "the request has \(bodyLength) bytes, \(maxBody) are taken")
        }
        let maxHead = min(limits.maxMetadataBytes, machine.peer?.maxMetadataBytes ?? limits.maxMetadataBytes)
        if headLength > maxHead {
            return RPCError(.resourceExhausted, "the metadata has \(headLength) bytes, \(maxHead) are taken")
        }
        return nil
    }

    // MARK: - Actions

    private func perform(_ action: ClientConnection.Action) {
        switch action {
        case .none: break
        case .ready:
            scheduleKeepalive()
            transport.ready(self)
        case .response(let stream, let body):
            guard let call = takeCall(stream) else { break }
            call.isOver = true
            call.connection = nil
            call.received(response: body)
        case .message(let stream, let body):
            guard let call = calls[stream.slot], !call.received(message: body) else { break }
            call.isOver = true
            cancel(call)
        case .status(let stream, let status, let notProcessed):
            guard let call = takeCall(stream) else { break }
            let failure = status.error.map { CallFailure(error: $0, reach: notProcessed ? .notProcessed : .answered) }
            transport.end(call, failure)
        case .reject(let stream, let status):
            // The server may still stream on it; until it knows better the slot is not ours to use again.
            out.writeCancel(stream: stream)
            guard let call = takeCall(stream) else { break }
            transport.end(call, status.error.map { CallFailure(error: $0, reach: .final) })
        case .pong(let token): out.writePing(.pong, token)
        case .drain: transport.draining(self)
        case .lost(let goAway):
            failure = RPCError(.unavailable, "the server closed the connection: \(goAway.reason)")
            context?.close(promise: nil)
        case .close(let goAway):
            failure = RPCError(.unavailable, "the server broke the protocol: \(goAway.reason)")
            out.writeGoAway(goAway, maxTextBytes: limits.maxStatusTextBytes)
            flush()
            context?.close(promise: nil)
        }
    }

    private func takeCall(_ stream: StreamID) -> ClientCall? {
        defer { calls[stream.slot] = nil }
        return calls[stream.slot]
    }

    /// Fails every call in flight, once.
    private func end(_ error: RPCError) {
        machine.close()
        keepaliveTimer?.cancel()
        deadlineTimer?.cancel()
        let lost = calls
        calls = []
        transport.closed(self, error)
        for call in lost {
            if let call { transport.end(call, CallFailure(error: error, reach: .unknown)) }
        }
    }

    // MARK: - Time

    private func arm(_ deadline: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        if let armedDeadline, armedDeadline <= deadline { return }
        armedDeadline = deadline
        deadlineTimer?.cancel()
        deadlineTimer = transport.eventLoop.scheduleTask(in: TimeAmount(deadline - now)) { self.expire() }
    }

    private func expire() {
        armedDeadline = nil
        let now = ContinuousClock.now
        var next: ContinuousClock.Instant?
        for call in calls {
            guard let call, let deadline = call.deadline else { continue }
            if deadline <= now {
                cancel(call)
                transport.end(call, .deadlineExceeded)
            } else {
                next = min(next ?? deadline, deadline)
            }
        }
        if let next { arm(next, at: now) }
        flushUnlessReading()
    }

    private func scheduleKeepalive() {
        keepaliveTimer = transport.eventLoop.scheduleTask(in: TimeAmount(limits.keepaliveInterval)) {
            self.checkAlive()
        }
    }

    private func checkAlive() {
        guard machine.phase != .closed else { return }
        switch keepalive.tick(
            hasCalls: machine.openStreams > 0, unfinishedFrame: reader.isInsideFrame ? framesRead : nil)
        {
        case .fine, .idle: break
        case .ping: out.writePing(.ping, 0)
        case .lost: perform(machine.fail(ProtocolFault("the server fell silent", code: .timeout)))
        }
        flushUnlessReading()
        scheduleKeepalive()
    }

    // MARK: - Output

    private func flush() {
        guard out.readableBytes > 0, let context else { return }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        if out.capacity > Self.keptOutputBytes { out = ByteBuffer() } else { out.clear() }
    }

    private func closeIfDrained() {
        guard machine.isDrained else { return }
        machine.close()
        flush()
        context?.close(promise: nil)
    }
}

extension CallFailure {
    static let deadlineExceeded = CallFailure(error: RPCError(.deadlineExceeded, "the deadline passed"), reach: .final)
    static let cancelled = CallFailure(error: RPCError(.cancelled, "the call was cancelled"), reach: .final)
}
