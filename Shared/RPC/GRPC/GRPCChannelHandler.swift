import Logging
import Model
import NIOCore
import NIOHPACK
import NIOHTTP2
import Wire

/// Serves gRPC on one HTTP/2 connection: frames in, calls run, frames out. What may be is decided by `GRPCConnection` and `GRPCStream`; HTTP/2
/// itself, its flow control and most of its defences are the handler's before this one.
///
/// `@unchecked`: everything but `send`, `finish` and `takesMessages` is used on the channel's event loop alone. It reads nothing more while
/// the socket takes no answers. Over 200 lines, for it is the one place where all of a connection's events meet; answers stand in
/// `GRPCChannelHandler+Answers`, life and death in `GRPCChannelHandler+Life`.
final class GRPCChannelHandler: ChannelDuplexHandler, ServedConnection, @unchecked Sendable {
    typealias InboundIn = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// What comes from handlers' tasks on other threads.
    enum Event: Sendable {
        case message(ServerCall, ByteBuffer)
        case finished(ServerCall, ServerCall.Outcome)
    }

    let eventLoop: any EventLoop
    let behaviour: ServerBehaviour
    let registry: ConnectionRegistry
    let mailbox: Mailbox<Event>
    let handlerTasks: HandlerTasks
    var peer: PeerIdentity
    var context: ChannelHandlerContext?
    var machine: GRPCConnection
    var keepalive: Keepalive
    var calls: [HTTP2StreamID: GRPCCall] = [:]
    /// Within a turn of reading or of taking events: what is written goes out at its end.
    var isBusy = false
    /// HTTP/2 itself has sent a GOAWAY that tells an error.
    var isBroken = false
    let gate: OutputGate
    /// What the peer may still send on the whole connection.
    private var windowLeft = 0
    /// What the registry knows of.
    private var heldBytes = 0
    var armedDeadline: ContinuousClock.Instant?
    let timers = GRPCTimers()
    /// How long a peer that has nothing left to do may take to close.
    var lingerTime = GRPCChannelHandler.linger
    private var wantsRead = false

    init(eventLoop: any EventLoop, peerAddress: String, behaviour: ServerBehaviour, registry: ConnectionRegistry) {
        self.eventLoop = eventLoop
        self.behaviour = behaviour
        self.registry = registry
        mailbox = Mailbox(eventLoop)
        handlerTasks = HandlerTasks(LoopExecutor(eventLoop))
        peer = PeerIdentity(address: peerAddress)
        machine = GRPCConnection(limits: behaviour.limits)
        keepalive = Keepalive(limits: behaviour.limits)
        gate = OutputGate(limit: behaviour.limits.maxUnsentBytes)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        start()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        registry.leave(self)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        registry.leave(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if machine.phase == .closed { return }
        isBusy = true
        keepalive.hear()
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers): receive(headers, frame.streamID)
        case .data(let data): receive(data, frame.streamID)
        case .settings(.settings): if machine.receiveSettings() { welcome() }
        case .ping(let token, ack: true): if token == Self.drainPing { perform(machine.confirmDrain()) }
        case .windowUpdate: if !machine.receiveUpdate() { fail(.enhanceYourCalm, "too many window updates") }
        case .goAway: machine.peerLeaves()
        case .settings(.ack), .ping, .rstStream, .priority, .pushPromise, .alternativeService, .origin: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isBusy = false
        countHeld()
        closeIfDrained()
        context.flush()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let handshake as TLSHandshakeCompleted:
            peer.serviceName = handshake.serviceName
            peer.isAuthenticated = true
        case let closed as StreamClosedEvent: streamClosed(closed.streamID)
        case let window as NIOHTTP2WindowUpdatedEvent: windowChanged(window)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        behaviour.logger.debug(
            "HTTP/2 failed", metadata: ["peer.address": "\(peer.address)", "error": "\(error)"])
        if isBroken { fail(.protocolError, "HTTP/2 was broken off") }
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

    // MARK: - Requests

    private func receive(_ headers: HTTP2Frame.FramePayload.Headers, _ stream: HTTP2StreamID) {
        if let call = calls[stream] {
            // Trailers: a client of gRPC has none to say.
            call.request.receive(nil, isEnd: headers.endStream)
            return advance(call)
        }
        let call = GRPCCall(
            stream, started: .now, maxMessageBytes: behaviour.limits.maxMessageBytes)
        calls[stream] = call
        if headers.endStream { call.request.receive(nil, isEnd: true) }
        if let refusal = machine.begin(Int(stream)) { return refuse(call, .status(refusal)) }
        do throws(GRPCRefusal) {
            try open(call, headers.headers)
        } catch {
            return refuse(call, error)
        }
        advance(call)
    }

    /// Finds what the stream asks for, and until when.
    private func open(_ call: GRPCCall, _ headers: HPACKHeaders) throws(GRPCRefusal) {
        let head = try GRPCRequestHead(headers, maxBytes: behaviour.limits.maxMetadataBytes)
        if let method = behaviour.methods[head.method] {
            call.target = .method(method)
            call.method = method.name
        } else if let exchange = behaviour.exchanges[head.method] {
            call.target = .exchange(exchange)
            call.method = exchange.name
            let isEnd = call.request.isEnded
            call.request = GRPCStream(.exchange, maxMessageBytes: behaviour.limits.maxMessageBytes)
            call.request.receive(nil, isEnd: isEnd)
            do { _ = try behaviour.admit(peer, head.metadata, to: exchange.name) } catch {
                throw .status(RPCError(handlerError: error))
            }
        } else {
            throw .status(behaviour.unserved())
        }
        call.head = head
        guard let timeout = head.timeout else { return }
        guard timeout > .zero else { throw .status(Self.deadlinePassed) }
        let deadline = call.started + timeout
        call.deadline = deadline
        arm(deadline)
    }

    private func receive(_ data: HTTP2Frame.FramePayload.Data, _ stream: HTTP2StreamID) {
        guard let call = calls[stream], case .byteBuffer(let bytes) = data.data else { return }
        call.request.receive(bytes, isEnd: data.endStream)
        guard !call.isAnswered else { return }
        advance(call)
    }

    /// Does what the bytes so far allow.
    func advance(_ call: GRPCCall) {
        while !call.isAnswered, call.unsentBytes <= behaviour.limits.streamCreditBytes {
            let action = call.request.next()
            let isReceiving = call.request.phase == .receiving
            let held = call.request.bufferedBytes + (isReceiving ? call.head?.bytes ?? 0 : 0)
            let refusal = machine.holdRequest(held - call.heldBytes)
            call.heldBytes = held
            if let refusal { return refuse(call, .status(refusal)) }
            switch action {
            case .none: return topUp(call)
            case .start(let body): return run(call, body)
            case .answer(let body): answer(call, body)
            case .conclude: conclude(call, nil)
            case .refuse(let error): refuse(call, .status(error))
            }
        }
    }

    private func run(_ call: GRPCCall, _ body: ByteBuffer) {
        guard case .method(let method) = call.target, let head = call.head else { return }
        let served = ServerCall(
            stream: StreamID(rawValue: UInt32(Int(call.stream))), method: call.method, started: call.started,
            credit: behaviour.limits.streamCreditBytes, requestBytes: body.readableBytes, output: self)
        call.call = served
        machine.startHandler(requestBytes: served.requestBytes)
        body.withUnsafeReadableBytes { body in
            behaviour.run(served, method, body: body, metadata: head.metadata, deadline: call.deadline, from: peer)
        }
        handlerTasks.run()
    }

    private func answer(_ call: GRPCCall, _ body: ByteBuffer) {
        guard case .exchange(let exchange) = call.target else { return }
        do {
            let response = try body.withUnsafeReadableBytes { ByteBuffer(bytes: try exchange.answer($0)) }
            gate.enter(GRPCMessageReader.prefixBytes + response.readableBytes)
            write(response, call)
        } catch let error as MessageError {
            refuse(call, .status(RPCError(undecodable: error)))
        } catch {
            refuse(call, .status(RPCError(handlerError: error)))
        }
    }

    // MARK: - Windows

    private func windowChanged(_ event: NIOHTTP2WindowUpdatedEvent) {
        guard event.streamID == .rootStream else {
            guard let call = calls[event.streamID] else { return }
            call.windowLeft = event.inboundWindowSize
            return topUp(call)
        }
        windowLeft = event.inboundWindowSize ?? windowLeft
        topUpConnection()
    }

    func topUpConnection() {
        guard let more = machine.connectionGrant(left: windowLeft) else { return }
        windowLeft += more
        send(.windowUpdate(windowSizeIncrement: more), .rootStream)
    }

    /// Lets the client send more of a request that is still wanted.
    private func topUp(_ call: GRPCCall) {
        guard !call.isAnswered, !call.request.isEnded, call.request.phase == .receiving,
            call.unsentBytes <= behaviour.limits.streamCreditBytes, let left = call.windowLeft,
            let more = GRPCConnection.grant(left: left, of: GRPCConnection.streamWindowBytes)
        else { return }
        call.windowLeft = left + more
        send(.windowUpdate(windowSizeIncrement: more), call.stream)
    }

    /// The peer's settings are here: it may send more at once than HTTP/2 starts with.
    private func welcome() {
        timers.handshake?.cancel()
        scheduleAge()
        windowLeft = Self.firstConnectionWindowBytes
        topUpConnection()
    }

    /// Tells the registry what this connection holds, and ends it when that is too much for the server.
    func countHeld() {
        let held = machine.phase == .closed ? 0 : machine.heldBytes
        let change = held - heldBytes
        guard abs(change) >= Self.heldStepBytes || held == 0 && change != 0 else { return }
        heldBytes = held
        guard registry.hold(change) > behaviour.limits.maxHeldBytes, change > 0 else { return }
        fail(.enhanceYourCalm, "the server holds too many requests")
    }

    /// A change of what is held that is worth counting.
    private static let heldStepBytes = 64 * 1_024

    /// RFC 9113, section 6.9.2.
    private static let firstConnectionWindowBytes = 65_535
    static let drainPing = HTTP2PingData(withInteger: 0x4669_7273_746C_696E)
    static let deadlinePassed = RPCError(.deadlineExceeded, "the deadline passed")

    func send(_ payload: HTTP2Frame.FramePayload, _ stream: HTTP2StreamID) {
        context?.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: nil)
    }
}
