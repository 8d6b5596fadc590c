import Logging
import Model
import NIOCore
import Wire

/// Performs what `ServerConnection` decides: parses what comes in, runs handlers, and writes all answers of one turn at once.
///
/// `@unchecked`: everything but `post` is used on the channel's event loop alone. It reads no further requests while the
/// socket takes no answers, so that a peer that never reads cannot make it hold more than its limits.
final class ServerChannelHandler: ChannelDuplexHandler, ServerCallOutput, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What comes from handlers' tasks on other threads.
    enum Event: Sendable {
        case message(ServerCall, ByteBuffer)
        case finished(ServerCall, ServerCall.Outcome)
    }

    let eventLoop: any EventLoop
    private let behaviour: ServerBehaviour
    private let registry: ConnectionRegistry
    private let mailbox: Mailbox<Event>
    private var peer: PeerIdentity
    private var context: ChannelHandlerContext?
    private var machine: ServerConnection
    private var reader = FrameReader(maxPayloadBytes: Hello.maxBytes)
    private var keepalive: Keepalive
    private var framesRead = 0
    private var calls: [ServerCall?] = []
    private var out = ByteBuffer()
    private var isReading = false
    private var wantsRead = false
    private var deadlineTimer: Scheduled<Void>?
    private var armedDeadline: ContinuousClock.Instant?
    private var handshakeTimer: Scheduled<Void>?
    private var keepaliveTimer: Scheduled<Void>?
    private var lingerTimer: Scheduled<Void>?

    /// Bytes gathered before they are flushed in the middle of a read: both sides stay busy.
    private static let flushSliceBytes = 16 * 1_024
    /// How long a peer may take to read our last word.
    private static let linger: TimeAmount = .milliseconds(500)
    /// An output buffer that grew beyond this is given back.
    private static let keptOutputBytes = 256 * 1_024

    init(eventLoop: any EventLoop, peerAddress: String, behaviour: ServerBehaviour, registry: ConnectionRegistry) {
        self.eventLoop = eventLoop
        self.behaviour = behaviour
        self.registry = registry
        mailbox = Mailbox(eventLoop)
        peer = PeerIdentity(address: peerAddress)
        machine = ServerConnection(limits: behaviour.limits)
        keepalive = Keepalive(limits: behaviour.limits)
    }

    /// Longest response that both sides take.
    var maxResponseBytes: Int { behaviour.limits.maxMessageBytes }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start() }
    }

    func channelActive(context: ChannelHandlerContext) {
        start()
        context.fireChannelActive()
    }

    private func start() {
        guard handshakeTimer == nil else { return }
        guard registry.enter(self) else {
            close(GoAway(code: .limitExceeded, reason: "the server takes no more connections"))
            return
        }
        handshakeTimer = eventLoop.scheduleTask(in: TimeAmount(behaviour.limits.handshakeTimeout)) {
            self.handshakeTimedOut()
        }
        scheduleKeepalive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let handshake = event as? TLSHandshakeCompleted {
            peer.serviceName = handshake.serviceName
            peer.isAuthenticated = true
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if machine.phase == .closed { return }
        isReading = true
        keepalive.hear()
        reader.append(unwrapInboundIn(data))
        let now = ContinuousClock.now
        do throws(ProtocolFault) {
            while machine.phase != .closed, let piece = try reader.next() {
                framesRead &+= 1
                perform(machine.receive(piece, at: now), at: now)
                reader.maxPayloadBytes = machine.maxPayloadBytes
                if out.readableBytes >= Self.flushSliceBytes { flushOutput() }
            }
        } catch {
            perform(machine.fail(error), at: now)
        }
        reader.compact()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        closeIfDrained()
        flushOutput()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        lingerTimer?.cancel()
        registry.leave(self)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        behaviour.logger.debug("connection failed", metadata: ["peer.address": "\(peer.address)", "error": "\(error)"])
        context.close(promise: nil)
    }

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable { context.read() } else { wantsRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, wantsRead {
            wantsRead = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: - Actions

    private func perform(_ action: ServerConnection.Action, at now: ContinuousClock.Instant) {
        switch action {
        case .none: break
        case .welcome:
            handshakeTimer?.cancel()
            out.writeHello(Hello(behaviour.limits))
        case .start(let stream, let head, let body, let deadline):
            start(stream, head, body, deadline, at: now)
        case .refuse(let stream, let code, let text, let notProcessed):
            let status = Status(code: code.rawValue, message: text, detail: [])
            write(status, notProcessed ? .notProcessed : [], stream)
            behaviour.record(ServerCall.unknownMethod, code, since: now, from: peer)
        case .cancel(let stream):
            guard let call = takeCall(stream) else { break }
            call.end()
            behaviour.record(call, .cancelled, from: peer)
        case .grant(let stream, let bytes): calls[stream.slot]?.grant(bytes)
        case .pong(let token): out.writePing(.pong, token)
        case .close(let goAway): close(goAway)
        }
    }

    private func start(
        _ stream: StreamID, _ head: RequestHead, _ body: ByteBuffer, _ deadline: ContinuousClock.Instant?,
        at now: ContinuousClock.Instant
    ) {
        let method = behaviour.methods[head.method]
        let call = ServerCall(
            stream: stream, method: method?.name ?? ServerCall.unknownMethod, started: now,
            credit: machine.peer?.streamCreditBytes ?? 0, output: self)
        while calls.count <= stream.slot { calls.append(nil) }
        calls[stream.slot] = call
        if let deadline { arm(deadline, at: now) }
        body.withUnsafeReadableBytes { body in
            behaviour.run(call, method, body: body, metadata: head.metadata, deadline: deadline, from: peer)
        }
    }

    /// A unary call's answer, encoded straight into the output.
    func respond(_ call: ServerCall, body: UnsafeRawBufferPointer) throws {
        try RPCError.checkLength(
            body.count, limit: min(maxResponseBytes, machine.peer?.maxMessageBytes ?? maxResponseBytes))
        guard conclude(call) else { return }
        out.writeFrame(.response, .end, stream: call.stream, body: body)
        behaviour.record(call, .ok, from: peer)
        flushUnlessReading()
    }

    func finish(_ call: ServerCall, _ outcome: ServerCall.Outcome) {
        if eventLoop.inEventLoop { finished(call, outcome) } else { post(.finished(call, outcome)) }
    }

    /// A handler ended, or never ran.
    private func finished(_ call: ServerCall, _ outcome: ServerCall.Outcome) {
        if case .failed(let error) = outcome, error.code == .internalError {
            behaviour.logger.error(
                "call failed", metadata: ["rpc.method": "\(call.method)", "error": "\(error.cause ?? error)"])
        }
        guard conclude(call) else { return }
        switch outcome {
        case .response(let body): out.writeFrame(.response, .end, stream: call.stream, body: body)
        case .ended: write(.ok, [], call.stream)
        case .failed(let error): write(Status(error, maxDetailBytes: maxResponseBytes), [], call.stream)
        }
        if case .failed(let error) = outcome {
            behaviour.record(call, error.code, from: peer)
        } else {
            behaviour.record(call, .ok, from: peer)
        }
        flushUnlessReading()
    }

    /// True when the caller still waits.
    private func conclude(_ call: ServerCall) -> Bool {
        let isWanted = machine.finish(call.stream, wasOpen: !call.isOver)
        if !call.isOver, calls.indices.contains(call.stream.slot) { calls[call.stream.slot] = nil }
        call.markFinished()
        return isWanted
    }

    /// The call of an ended stream.
    private func takeCall(_ stream: StreamID) -> ServerCall? {
        defer { calls[stream.slot] = nil }
        return calls[stream.slot]
    }

    // MARK: - Events from other threads

    /// Sends one message of a stream; from any thread.
    func send(_ call: ServerCall, _ body: ByteBuffer) {
        guard eventLoop.inEventLoop else { return post(.message(call, body)) }
        guard !call.isOver else { return }
        out.writeFrame(.message, stream: call.stream, body: body)
        flushUnlessReading()
    }

    private func post(_ event: Event) {
        mailbox.post(event) { self.takeEvents() }
    }

    private func takeEvents() {
        let wasReading = isReading
        isReading = true
        for event in mailbox.take() {
            switch event {
            case .message(let call, let body):
                send(call, body)
            case .finished(let call, let outcome): finished(call, outcome)
            }
            if out.readableBytes >= Self.flushSliceBytes { flushOutput() }
        }
        isReading = wasReading
        closeIfDrained()
        flushOutput()
    }

    /// Refuses new calls and closes once those in flight are over.
    func drain() {
        guard let goAway = machine.drain() else { return }
        out.writeGoAway(goAway, maxTextBytes: behaviour.limits.maxStatusTextBytes)
        closeIfDrained()
        flushUnlessReading()
    }

    /// Ends the connection with all its calls.
    func abort() {
        perform(machine.fail(ProtocolFault("the server stops", code: .timeout)), at: .now)
    }

    // MARK: - Time

    private func arm(_ deadline: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        if let armedDeadline, armedDeadline <= deadline { return }
        armedDeadline = deadline
        deadlineTimer?.cancel()
        deadlineTimer = eventLoop.scheduleTask(in: TimeAmount(deadline - now)) { self.expire() }
    }

    private func expire() {
        armedDeadline = nil
        let now = ContinuousClock.now
        for stream in machine.expire(at: now) {
            guard let call = takeCall(stream) else { continue }
            write(Status(RPCError(.deadlineExceeded, "the deadline passed"), maxDetailBytes: 0), [], stream)
            call.end()
            behaviour.record(call, .deadlineExceeded, from: peer)
        }
        if let next = machine.nextDeadline { arm(next, at: now) }
        closeIfDrained()
        flushUnlessReading()
    }

    private func handshakeTimedOut() {
        guard machine.phase == .awaitingHello else { return }
        perform(machine.fail(ProtocolFault("no HELLO came in time", code: .timeout)), at: .now)
    }

    private func scheduleKeepalive() {
        keepaliveTimer = eventLoop.scheduleTask(in: TimeAmount(behaviour.limits.keepaliveInterval)) {
            self.checkAlive()
        }
    }

    private func checkAlive() {
        let unfinished = reader.isInsideFrame ? framesRead : nil
        switch keepalive.tick(hasCalls: machine.openStreams > 0, unfinishedFrame: unfinished) {
        case .fine: break
        case .ping: out.writePing(.ping, 0)
        case .lost: perform(machine.fail(ProtocolFault("the peer fell silent", code: .timeout)), at: .now)
        case .idle: drain()
        }
        flushUnlessReading()
        if machine.phase != .closed { scheduleKeepalive() }
    }

    // MARK: - Output and end

    private func write(_ status: Status, _ flags: FrameFlags, _ stream: StreamID) {
        out.writeStatus(status, flags, stream: stream, maxTextBytes: behaviour.limits.maxStatusTextBytes)
    }

    private func flushUnlessReading() {
        guard !isReading else { return }
        closeIfDrained()
        flushOutput()
    }

    private func flushOutput() {
        guard out.readableBytes > 0, let context else { return }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        if out.capacity > Self.keptOutputBytes { out = ByteBuffer() } else { out.clear() }
    }

    /// A drained connection is the peer's to close; it has a moment for it, in which its late requests are refused as not processed.
    private func closeIfDrained() {
        guard machine.isDrained, lingerTimer == nil else { return }
        linger()
    }

    private func linger() {
        lingerTimer = eventLoop.scheduleTask(in: Self.linger) { self.context?.close(promise: nil) }
    }

    private func close(_ goAway: GoAway) {
        behaviour.logger.info(
            "connection refused", metadata: ["peer.address": "\(peer.address)", "reason": "\(goAway.reason)"])
        out.writeGoAway(goAway, maxTextBytes: behaviour.limits.maxStatusTextBytes)
        flushOutput()
        stop()
        // Only our side is shut at first: bytes still unread would turn a full close into a reset that overtakes the GOAWAY.
        context?.close(mode: .output, promise: nil)
        linger()
    }

    /// Cancels every handler and timer.
    private func stop() {
        machine.close()
        handshakeTimer?.cancel()
        keepaliveTimer?.cancel()
        deadlineTimer?.cancel()
        lingerTimer?.cancel()
        for call in calls {
            guard let call else { continue }
            call.end()
            behaviour.record(call, .cancelled, from: peer)
        }
        calls = []
    }
}
