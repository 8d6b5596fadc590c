import Logging
import NIOCore
import NIOHTTP2
import Wire

/// Time, and the ends of streams and of the connection.
extension GRPCChannelHandler {
    /// How long a peer may take to read our last word.
    static let linger: TimeAmount = .milliseconds(500)
    /// How long a peer may take to answer the announcement of a drain.
    private static let drainPatience: TimeAmount = .seconds(1)

    func start() {
        guard registry.enter(self) else { return fail(.enhanceYourCalm, "the server takes no more connections") }
        timers.handshake = eventLoop.scheduleTask(in: TimeAmount(behaviour.limits.handshakeTimeout)) {
            guard self.machine.phase == .awaitingSettings else { return }
            self.fail(.settingsTimeout, "no SETTINGS came in time")
        }
        scheduleKeepalive()
    }

    // MARK: - Streams

    /// A stream is closed, by either side, by its end or by a reset.
    func streamClosed(_ stream: HTTP2StreamID) {
        guard let call = calls.removeValue(forKey: stream) else { return }
        machine.end()
        machine.drop(call.unsentBytes)
        leaveGate(call.unsentBytes)
        _ = machine.holdRequest(-call.heldBytes)
        call.heldBytes = 0
        call.unsentBytes = 0
        if !call.isAnswered {
            call.isAnswered = true
            behaviour.record(call.method, .cancelled, since: call.started, from: peer)
        }
        abandon(call)
    }

    /// Nobody waits for the handler any more.
    private func abandon(_ call: GRPCCall) {
        guard let served = call.call else { return }
        call.call = nil
        machine.abandonHandler()
        served.end()
    }

    // MARK: - Time

    func arm(_ deadline: ContinuousClock.Instant) {
        if let armedDeadline, armedDeadline <= deadline { return }
        armedDeadline = deadline
        timers.deadline?.cancel()
        timers.deadline = eventLoop.scheduleTask(in: TimeAmount(deadline - .now)) { self.expire() }
    }

    private func expire() {
        armedDeadline = nil
        let now = ContinuousClock.now
        let due = calls.values.filter { call in call.deadline.map { $0 <= now } ?? false }
        for call in due {
            call.deadline = nil
            abandon(call)
            if !call.isAnswered { conclude(call, Self.deadlinePassed) }
            // What the client has not taken by now it never will.
            if call.unsentBytes > 0 { send(.rstStream(.cancel), call.stream) }
        }
        if let next = calls.values.compactMap(\.deadline).min() { arm(next) }
        flushUnlessBusy()
    }

    private func scheduleKeepalive() {
        timers.keepalive = eventLoop.scheduleTask(in: TimeAmount(behaviour.limits.keepaliveInterval)) {
            self.checkAlive()
        }
    }

    private func checkAlive() {
        machine.tick()
        for call in Array(calls.values) where !call.isAnswered && !call.request.checkProgress() {
            refuse(call, .status(RPCError(.deadlineExceeded, "the request did not come in time")))
        }
        switch keepalive.tick(hasCalls: !calls.isEmpty, unfinishedFrame: nil) {
        case .fine: break
        case .ping: send(.ping(HTTP2PingData(), ack: false), .rootStream)
        case .lost: fail(.settingsTimeout, "the peer fell silent")
        case .idle: drain(linger: longLinger)
        }
        flushUnlessBusy()
        if machine.phase != .closed { scheduleKeepalive() }
    }

    // MARK: - The end

    func drain() {
        drain(linger: Self.linger)
    }

    private func drain(linger: TimeAmount) {
        lingerTime = linger
        perform(machine.drain())
        flushUnlessBusy()
    }

    /// While the server goes on, a peer that is slow to leave harms nobody.
    private var longLinger: TimeAmount { TimeAmount(behaviour.limits.handshakeTimeout) }

    /// The age counts from the greeting, as on our own connections.
    func scheduleAge() {
        let age = behaviour.limits.connectionAge(jitter: .random(in: -1...1))
        timers.age = eventLoop.scheduleTask(in: TimeAmount(age)) {
            self.drain(linger: self.longLinger)
            let grace = TimeAmount(self.behaviour.limits.connectionAgeGrace)
            self.timers.age = self.eventLoop.scheduleTask(in: grace) { self.endOld() }
        }
    }

    /// Ends the calls of a connection that should be gone, as streams without an end.
    private func endOld() {
        for call in Array(calls.values) {
            abandon(call)
            if !call.isAnswered { conclude(call, RPCError(.unavailable, "the connection has grown too old")) }
            if call.unsentBytes > 0 { send(.rstStream(.cancel), call.stream) }
        }
        flushUnlessBusy()
    }

    func perform(_ step: GRPCConnection.DrainStep) {
        switch step {
        case .none: break
        case .announce:
            send(.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil), .rootStream)
            send(.ping(Self.drainPing, ack: false), .rootStream)
            timers.drain = eventLoop.scheduleTask(in: Self.drainPatience) {
                self.perform(self.machine.confirmDrain())
                self.flushUnlessBusy()
            }
        case .name(let lastStream):
            timers.drain?.cancel()
            send(.goAway(lastStreamID: HTTP2StreamID(lastStream), errorCode: .noError, opaqueData: nil), .rootStream)
            closeIfDrained()
        }
    }

    func abort() {
        fail(.noError, "the server stops")
    }

    /// A drained connection is the peer's to close; it has a moment for it.
    func closeIfDrained() {
        guard machine.isDrained, timers.linger == nil else { return }
        linger()
    }

    private func linger() {
        timers.linger = eventLoop.scheduleTask(in: lingerTime) { self.context?.close(promise: nil) }
    }

    /// Gives the connection up, with a GOAWAY unless HTTP/2 itself has sent one.
    func fail(_ code: HTTP2ErrorCode, _ reason: String) {
        if machine.phase == .closed { return }
        behaviour.logger.info(
            "connection refused", metadata: ["peer.address": "\(peer.address)", "reason": "\(reason)"])
        if !isBroken {
            let last = HTTP2StreamID(machine.lastStream)
            send(.goAway(lastStreamID: last, errorCode: code, opaqueData: ByteBuffer(string: reason)), .rootStream)
        }
        stop()
        context?.flush()
        context?.triggerUserOutboundEvent(WriteGatherer.GiveUp(), promise: nil)
        // Only our side is shut at first: bytes still unread would turn a full close into a reset that overtakes the GOAWAY.
        context?.close(mode: .output, promise: nil)
        linger()
    }

    /// Cancels every handler and timer.
    func stop() {
        machine.close()
        timers.cancel()
        for stream in Array(calls.keys) { streamClosed(stream) }
        handlerTasks.end()
        countHeld()
    }
}
