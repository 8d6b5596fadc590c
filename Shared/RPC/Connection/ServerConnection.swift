import NIOCore
import Wire

/// The server's side of one connection: frames in, actions out. It knows which calls are open, and touches no socket, clock or handler.
///
/// awaitingHello → open → draining → closed; a fault leads from anywhere to closed.
struct ServerConnection: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Phase: Hashable, Sendable {
        case awaitingHello
        case open
        /// A GOAWAY was sent: calls in flight go on, new ones are refused.
        case draining
        case closed
    }

    /// What to do next.
    enum Action: Equatable, Sendable {
        case none
        /// Answer the peer's HELLO with our own.
        case welcome
        /// Run a handler.
        case start(StreamID, RequestHead, body: ByteBuffer, deadline: Instant?)
        /// Answer with a status; no handler runs.
        case refuse(StreamID, StatusCode, String, notProcessed: Bool)
        /// The caller no longer wants an answer: cancel the handler.
        case cancel(StreamID)
        /// A stream may send so many bytes more.
        case grant(StreamID, bytes: Int)
        case pong(UInt64)
        /// Send the GOAWAY, cancel every handler, close.
        case close(GoAway)
    }

    private struct Slot: Sendable {
        var generation: UInt16 = 0
        var isOpen = false
        var deadline: Instant?
    }

    let limits: RPCLimits
    private(set) var phase = Phase.awaitingHello
    /// The peer's settings, once it said them.
    private(set) var peer: Hello?
    /// Calls that await their answer.
    private(set) var openStreams = 0
    /// Handlers that run, those of cancelled calls too.
    private(set) var runningHandlers = 0
    private var slots: [Slot] = []
    /// Most often the next call's too.
    private var lastMethod = ""

    init(limits: RPCLimits) {
        self.limits = limits
    }

    /// Longest payload to take in the present phase.
    var maxPayloadBytes: Int {
        phase == .awaitingHello ? Hello.maxBytes : limits.maxMessageBytes + limits.maxMetadataBytes
    }

    mutating func receive(_ piece: FrameReader.Piece, at now: Instant) -> Action {
        do throws(ProtocolFault) {
            switch piece {
            case .frame(let frame): return try receive(frame, at: now)
            case .oversize(let header): return try receiveOversize(header)
            }
        } catch {
            return fail(error)
        }
    }

    /// Ends the connection for a fault found elsewhere (a malformed header, a timeout).
    mutating func fail(_ fault: ProtocolFault) -> Action {
        if phase == .closed { return .none }
        phase = .closed
        return .close(fault.goAway)
    }

    /// A handler has its answer. True when the answer is still wanted; its stream is then over.
    mutating func finish(_ stream: StreamID, wasOpen: Bool) -> Bool {
        runningHandlers -= 1
        guard wasOpen, isOpen(stream) else { return false }
        end(stream)
        return phase != .closed
    }

    /// Whether messages may still be sent on a stream.
    func isOpen(_ stream: StreamID) -> Bool {
        let slot = stream.slot
        return slot < slots.count && slots[slot].isOpen && slots[slot].generation == stream.generation
    }

    /// Ends the streams whose deadline has come, and names them.
    mutating func expire(at now: Instant) -> [StreamID] {
        var expired: [StreamID] = []
        for slot in slots.indices where slots[slot].isOpen {
            guard let deadline = slots[slot].deadline, deadline <= now else { continue }
            let stream = StreamID(slot: slot, generation: slots[slot].generation)
            end(stream)
            expired.append(stream)
        }
        return expired
    }

    /// Ends every open stream, and names them.
    mutating func endAll() -> [StreamID] {
        slots.indices.filter { slots[$0].isOpen }.map { slot in
            let stream = StreamID(slot: slot, generation: slots[slot].generation)
            end(stream)
            return stream
        }
    }

    /// The earliest deadline of an open stream.
    var nextDeadline: Instant? {
        var earliest: Instant?
        for slot in slots where slot.isOpen {
            guard let deadline = slot.deadline else { continue }
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    /// Takes no new calls from here on. The GOAWAY to send; nil when one was sent before.
    mutating func drain() -> GoAway? {
        switch phase {
        case .awaitingHello, .open:
            phase = .draining
            return GoAway(code: .drain, reason: "the server is going away")
        case .draining, .closed: return nil
        }
    }

    /// The socket is gone.
    mutating func close() {
        phase = .closed
    }

    /// True when a drained connection has nothing left to do.
    var isDrained: Bool { phase == .draining && openStreams == 0 }

    // MARK: - Frames

    private mutating func receive(_ frame: Frame, at now: Instant) throws(ProtocolFault) -> Action {
        let type = FrameType(rawValue: frame.header.type)
        switch (phase, type) {
        case (.closed, _): return .none
        case (.awaitingHello, .hello):
            peer = try Hello(decoding: frame, defaults: limits)
            phase = .open
            return .welcome
        case (.awaitingHello, _): throw ProtocolFault("the first frame is not a Firstline HELLO")
        case (.draining, .hello) where peer == nil:
            peer = try Hello(decoding: frame, defaults: limits)
            return .welcome
        case (_, .hello): throw ProtocolFault("a second HELLO")
        case (_, .request): return try request(frame, at: now)
        case (_, .cancel): return cancel(frame.header.stream)
        case (_, .credit): return try grant(frame)
        case (_, .ping): return .pong(try pingToken(frame))
        case (_, .pong): return .none
        case (_, .goAway):
            _ = try GoAway(decoding: frame)
            _ = drain()
            return .none
        case (_, .response), (_, .message), (_, .status):
            throw ProtocolFault("a client does not send frames of type \(frame.header.type)")
        case (_, nil): return .none
        }
    }

    private mutating func receiveOversize(_ header: FrameHeader) throws(ProtocolFault) -> Action {
        if phase == .closed { return .none }
        if phase == .awaitingHello { throw ProtocolFault("the first frame is not a Firstline HELLO") }
        guard header.type == FrameType.request.rawValue else {
            throw ProtocolFault(
                "a frame of \(header.length) bytes is longer than \(maxPayloadBytes)", code: .limitExceeded)
        }
        try checkUnused(header.stream)
        return .refuse(
            header.stream, .resourceExhausted, "the request is longer than \(limits.maxMessageBytes) bytes",
            notProcessed: false)
    }

    private mutating func request(_ frame: Frame, at now: Instant) throws(ProtocolFault) -> Action {
        let stream = frame.header.stream
        try checkUnused(stream)
        if phase == .draining { return .refuse(stream, .unavailable, "the server is going away", notProcessed: true) }
        guard stream.slot <= limits.maxStreams else {
            return .refuse(
                stream, .resourceExhausted, "more than \(limits.maxStreams) calls in flight", notProcessed: true)
        }
        guard runningHandlers - openStreams < limits.maxAbandonedHandlers else {
            return .refuse(stream, .resourceExhausted, "too many cancelled calls still run", notProcessed: true)
        }
        guard frame.header.headLength <= limits.maxMetadataBytes else {
            let text = "method and metadata are longer than \(limits.maxMetadataBytes) bytes"
            return .refuse(stream, .resourceExhausted, text, notProcessed: false)
        }
        guard frame.body.readableBytes <= limits.maxMessageBytes else {
            let text = "the request is longer than \(limits.maxMessageBytes) bytes"
            return .refuse(stream, .resourceExhausted, text, notProcessed: false)
        }
        guard !frame.header.flags.contains(.compressed) else {
            return .refuse(stream, .unimplemented, "compression is not spoken here", notProcessed: false)
        }
        guard frame.header.flags.contains(.end) else {
            return .refuse(stream, .unimplemented, "streams of requests are not spoken here", notProcessed: false)
        }
        let head = try RequestHead(decoding: frame.head, expecting: lastMethod)
        lastMethod = head.method
        let deadline = head.timeoutMilliseconds == 0 ? nil : now + .milliseconds(Int64(head.timeoutMilliseconds))
        open(stream, deadline: deadline)
        return .start(stream, head, body: frame.body, deadline: deadline)
    }

    private func checkUnused(_ stream: StreamID) throws(ProtocolFault) {
        guard stream.slot > 0 else { throw ProtocolFault("a request on slot 0") }
        if stream.slot < slots.count, slots[stream.slot].isOpen {
            throw ProtocolFault("a request on slot \(stream.slot), which is in use")
        }
    }

    private mutating func cancel(_ stream: StreamID) -> Action {
        guard isOpen(stream) else { return .none }
        end(stream)
        return .cancel(stream)
    }

    private func grant(_ frame: Frame) throws(ProtocolFault) -> Action {
        let bytes = try creditBytes(frame)
        return isOpen(frame.header.stream) ? .grant(frame.header.stream, bytes: bytes) : .none
    }

    private mutating func open(_ stream: StreamID, deadline: Instant?) {
        while slots.count <= stream.slot { slots.append(Slot()) }
        slots[stream.slot] = Slot(generation: stream.generation, isOpen: true, deadline: deadline)
        openStreams += 1
        runningHandlers += 1
    }

    private mutating func end(_ stream: StreamID) {
        slots[stream.slot].isOpen = false
        slots[stream.slot].deadline = nil
        openStreams -= 1
    }
}

/// The eight bytes of a PING or PONG.
func pingToken(_ frame: Frame) throws(ProtocolFault) -> UInt64 {
    var body = frame.body
    guard let token = body.readInteger(as: UInt64.self), body.readableBytes == 0 else {
        throw ProtocolFault("a PING is not 8 bytes")
    }
    return token
}

/// The bytes that a CREDIT grants: 1 to 2^31 - 1.
func creditBytes(_ frame: Frame) throws(ProtocolFault) -> Int {
    var body = frame.body
    guard let bytes = body.readInteger(as: UInt32.self), body.readableBytes == 0, bytes > 0, bytes <= UInt32(Int32.max)
    else {
        throw ProtocolFault("a CREDIT is not 4 bytes of 1 to 2147483647")
    }
    return Int(bytes)
}
