import Logging
import Model
import NIOCore
import Wire

/// Performs what `ServerConnection` decides: parses what comes in, runs handlers, and writes all answers of one turn at once.
///
/// `@unchecked`: everything but `post` is used on the channel's event loop alone. It reads no further requests while the
/// socket takes no answers, so that a peer that never reads cannot make it hold more than its limits.
/// The file is long because all that touches a connection's state stands together.
final class ServerChannelHandler: ChannelDuplexHandler, RemovableChannelHandler, ServedConnection, ServerCallOutput,
    @unchecked Sendable
{
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
    private let executor: LoopExecutor
    let handlerTasks: HandlerTasks
    private var peer: PeerIdentity
    private var context: ChannelHandlerContext?
    private var machine: ServerConnection
    private var reader = FrameReader(maxPayloadBytes: Hello.maxBytes)
    private var keepalive: Keepalive
    private var framesRead = 0
    private var calls: [ServerCall?] = []
    private var out = ByteBuffer()
    private var slices = FlushSlices()
    private var isReading = false
    private var wantsRead = false
    /// Frames were left in the reader when the connection was paused.
    private var hasUntaken = false
    /// As the channel last told.
    private var isWritable = true
    private var lastMethod: ServedMethod?
    private var runningRequestBytes = 0
    /// What the registry knows of.
    private var heldBytes = 0
    private let gate: OutputGate
    /// Of the gate's, what has been written.
    private var writtenMessageBytes = 0
    private var deadlineTimer: Scheduled<Void>?
    private var armedDeadline: ContinuousClock.Instant?
    private var handshakeTimer: Scheduled<Void>?
    private var keepaliveTimer: Scheduled<Void>?
    private var lingerTimer: Scheduled<Void>?
    private var lingerTime = ServerChannelHandler.linger
    private var ageTimer: Scheduled<Void>?

    /// A change of what is held that is worth counting.
    private static let heldStepBytes = 64 * 1_024
    /// How long a peer may take to read our last word.
    private static let linger: TimeAmount = .milliseconds(500)
    /// An output buffer that grew beyond this is given back.
    private static let keptOutputBytes = 256 * 1_024

    init(eventLoop: any EventLoop, peerAddress: String, behaviour: ServerBehaviour, registry: ConnectionRegistry) {
        self.eventLoop = eventLoop
        self.behaviour = behaviour
        self.registry = registry
        mailbox = Mailbox(eventLoop)
        executor = LoopExecutor(eventLoop)
        handlerTasks = HandlerTasks(executor)
        peer = PeerIdentity(address: peerAddress)
        machine = ServerConnection(limits: behaviour.limits)
        maxResponseBytes = behaviour.limits.maxMessageBytes
        keepalive = Keepalive(limits: behaviour.limits)
        gate = OutputGate(limit: behaviour.limits.writeHighWaterBytes)
        executor.afterRun = { [weak self] in self?.flushUnlessReading() }
    }

    /// Longest response that both sides take. Written once, by the peer's HELLO, before any call that reads it.
    private(set) var maxResponseBytes: Int

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
        slices.begin()
        executor.isGathering = true
        keepalive.hear()
        reader.append(unwrapInboundIn(data))
        takeFrames()
    }

    /// Takes the frames that have come, until the connection is paused.
    private func takeFrames() {
        let now = ContinuousClock.now
        do throws(ProtocolFault) {
            hasUntaken = false
            while machine.phase != .closed {
                if isPaused {
                    hasUntaken = true
                    break
                }
                guard let piece = try reader.next() else { break }
                framesRead &+= 1
                perform(machine.receive(piece, at: now), at: now)
                reader.maxPayloadBytes = machine.maxPayloadBytes
                if slices.isDue(out.readableBytes) { flushOutput() }
            }
        } catch {
            perform(machine.fail(error), at: now)
        }
        handlerTasks.run()
        reader.compact()
        countHeld()
    }

    /// Whether nothing more is taken for now: the peer does not read its answers, or its requests keep the handlers busy.
    private var isPaused: Bool {
        !isWritable || runningRequestBytes >= behaviour.limits.maxRunningRequestBytes
    }

    /// Goes on after a pause.
    private func resume() {
        guard hasUntaken || wantsRead, !isReading, let context else { return }
        isReading = true
        while hasUntaken, !isPaused {
            takeFrames()
            flushOutput()
        }
        isReading = false
        closeIfDrained()
        if wantsRead, !isPaused {
            wantsRead = false
            context.read()
        }
    }

    /// Tells the registry what this connection holds, and ends it when that is too much for the server.
    private func countHeld() {
        let held = machine.phase == .closed ? 0 : reader.heldBytes + runningRequestBytes
        let change = held - heldBytes
        guard abs(change) >= Self.heldStepBytes || held == 0 && change != 0 else { return }
        heldBytes = held
        guard registry.hold(change) > behaviour.limits.maxHeldBytes, change > 0 else { return }
        let fault = ProtocolFault("the server holds too many requests", code: .limitExceeded)
        perform(machine.fail(fault), at: .now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Handlers that go on, as those of streams with new credit: what they send leaves with the rest.
        executor.isGathering = false
        executor.run()
        isReading = false
        closeIfDrained()
        flushOutput()
        resume()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        executor.isGathering = false
        stop()
        lingerTimer?.cancel()
        registry.leave(self)
        context.fireChannelInactive()
    }

    /// The connection is closed, or speaks gRPC and so is another handler's.
    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        registry.leave(self)
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        behaviour.logger.debug("connection failed", metadata: ["peer.address": "\(peer.address)", "error": "\(error)"])
        context.close(promise: nil)
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { wantsRead = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            releaseMessages()
            resume()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: - Actions

    private func perform(_ action: ServerConnection.Action, at now: ContinuousClock.Instant) {
        switch action {
        case .none: break
        case .welcome:
            handshakeTimer?.cancel()
            maxResponseBytes = min(maxResponseBytes, machine.peer?.maxMessageBytes ?? maxResponseBytes)
            out.writeHello(Hello(behaviour.limits))
            scheduleAge()
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
        let method = head.method == lastMethod?.name ? lastMethod : behaviour.methods[head.method]
        lastMethod = method
        let call = ServerCall(
            stream: stream, method: method?.name ?? ServerCall.unknownMethod, started: now,
            credit: machine.peer?.streamCreditBytes ?? 0, requestBytes: body.readableBytes, output: self)
        runningRequestBytes += call.requestBytes
        while calls.count <= stream.slot { calls.append(nil) }
        calls[stream.slot] = call
        if let deadline { arm(deadline, at: now) }
        body.withUnsafeReadableBytes { body in
            behaviour.run(call, method, body: body, metadata: head.metadata, deadline: deadline, from: peer)
        }
    }

    /// A unary call's answer, encoded straight into the output.
    func respond(_ call: ServerCall, body: UnsafeRawBufferPointer) throws {
        try RPCError.checkLength(body.count, limit: maxResponseBytes)
        if isBacklogged { throw Self.backlogged }
        guard conclude(call) else { return }
        out.writeFrame(.response, .end, stream: call.stream, body: body)
        behaviour.record(call, .ok, from: peer)
        flushUnlessReading()
    }

    private static let backlogged = RPCError(
        .resourceExhausted, "too many answers wait to be read", detail: ErrorDetail(code: "overloaded"))

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
        var outcome = outcome
        if case .response = outcome, isBacklogged { outcome = .failed(Self.backlogged) }
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

    /// The peer reads so little that no further answer is kept for it.
    private var isBacklogged: Bool {
        guard !isWritable else { return false }
        let unsent = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return unsent ?? 0 > behaviour.limits.maxUnsentBytes
    }

    /// True when the caller still waits.
    private func conclude(_ call: ServerCall) -> Bool {
        runningRequestBytes -= call.requestBytes
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
        gate.enter(body.readableBytes)
        guard eventLoop.inEventLoop else { return post(.message(call, body)) }
        write(message: body, of: call)
        flushUnlessReading()
    }

    func sendNow(_ call: ServerCall, _ body: UnsafeRawBufferPointer) {
        gate.enter(body.count)
        writtenMessageBytes += body.count
        if !call.isOver { out.writeFrame(.message, stream: call.stream, body: body) }
        flushUnlessReading()
    }

    var takesMessages: Bool { gate.isOpen }

    private func write(message body: ByteBuffer, of call: ServerCall) {
        writtenMessageBytes += body.readableBytes
        if !call.isOver { out.writeFrame(.message, stream: call.stream, body: body) }
    }

    /// The socket has taken the messages, or is about to.
    private func releaseMessages() {
        guard writtenMessageBytes > 0 else { return }
        let isOpened = gate.leave(writtenMessageBytes)
        writtenMessageBytes = 0
        guard isOpened else { return }
        for call in calls { call?.grant(0) }
    }

    private func post(_ event: Event) {
        mailbox.post(event) { self.takeEvents() }
    }

    private func takeEvents() {
        let wasReading = isReading
        isReading = true
        slices.begin()
        for event in mailbox.take() {
            switch event {
            case .message(let call, let body): write(message: body, of: call)
            case .finished(let call, let outcome): finished(call, outcome)
            }
            if slices.isDue(out.readableBytes) { flushOutput() }
        }
        isReading = wasReading
        countHeld()
        flushUnlessReading()
    }

    func drain() {
        drain(linger: Self.linger)
    }

    /// Refuses new calls and closes once those in flight are over.
    /// - Parameter linger: how long the peer may take to close; its late requests are refused as not processed.
    private func drain(linger: TimeAmount) {
        guard machine.phase != .closed else { return }
        if let goAway = machine.drain() {
            out.writeGoAway(goAway, maxTextBytes: behaviour.limits.maxStatusTextBytes)
        }
        lingerTime = linger
        lingerTimer?.cancel()
        lingerTimer = nil
        closeIfDrained()
        flushUnlessReading()
    }

    /// While the server goes on, a peer that is slow to leave harms nobody.
    private var longLinger: TimeAmount { TimeAmount(behaviour.limits.handshakeTimeout) }

    /// The age counts from the greeting: before it a client has nothing that could be drained.
    private func scheduleAge() {
        let age = behaviour.limits.connectionAge(jitter: .random(in: -1...1))
        ageTimer = eventLoop.scheduleTask(in: TimeAmount(age)) { self.growOld() }
    }

    private func growOld() {
        drain(linger: longLinger)
        ageTimer = eventLoop.scheduleTask(in: TimeAmount(behaviour.limits.connectionAgeGrace)) { self.endOld() }
    }

    /// Ends the calls of a connection that should be gone, as streams without an end.
    private func endOld() {
        for stream in machine.endAll() {
            guard let call = takeCall(stream) else { continue }
            write(Status(RPCError(.unavailable, "the connection has grown too old"), maxDetailBytes: 0), [], stream)
            call.end()
            behaviour.record(call, .unavailable, from: peer)
        }
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
        // While our handlers are too busy for more, it is we who do not listen.
        let isBusy = runningRequestBytes >= behaviour.limits.maxRunningRequestBytes
        if isBusy { keepalive.hear() }
        let unfinished = reader.isInsideFrame && !hasUntaken && !isBusy ? framesRead : nil
        switch keepalive.tick(hasCalls: machine.openStreams > 0, unfinishedFrame: unfinished) {
        case .fine: break
        case .ping: out.writePing(.ping, 0)
        case .lost: perform(machine.fail(ProtocolFault("the peer fell silent", code: .timeout)), at: .now)
        case .idle: drain(linger: longLinger)
        }
        flushUnlessReading()
        if machine.phase != .closed { scheduleKeepalive() }
    }

    // MARK: - Output and end

    private func write(_ status: Status, _ flags: FrameFlags, _ stream: StreamID) {
        out.writeStatus(status, flags, stream: stream, maxTextBytes: behaviour.limits.maxStatusTextBytes)
    }

    /// What a turn gathers leaves at its end, or in slices.
    private func flushUnlessReading() {
        if isReading || executor.isRunning {
            if slices.isDue(out.readableBytes) { flushOutput() }
            return
        }
        closeIfDrained()
        flushOutput()
        resume()
    }

    private func flushOutput() {
        guard let context else { return }
        if out.readableBytes > 0 {
            context.writeAndFlush(wrapOutboundOut(out), promise: nil)
            if out.capacity > Self.keptOutputBytes { out = ByteBuffer() } else { out.clear() }
        }
        if writtenMessageBytes > 0, isWritable { releaseMessages() }
    }

    /// A drained connection is the peer's to close; it has a moment for it, in which its late requests are refused as not processed.
    private func closeIfDrained() {
        guard machine.isDrained, lingerTimer == nil else { return }
        linger()
    }

    private func linger() {
        lingerTimer = eventLoop.scheduleTask(in: lingerTime) { self.context?.close(promise: nil) }
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
        ageTimer?.cancel()
        lingerTimer?.cancel()
        for call in calls {
            guard let call else { continue }
            call.end()
            behaviour.record(call, .cancelled, from: peer)
        }
        calls = []
        handlerTasks.end()
        countHeld()
    }
}
