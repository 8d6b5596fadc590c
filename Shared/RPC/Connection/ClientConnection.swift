import NIOCore
import Wire

/// The client's side of one connection: frames in, actions out. It hands out streams and knows which are open.
///
/// awaitingHello → open → draining → closed; a fault leads from anywhere to closed.
struct ClientConnection: Sendable {
    enum Phase: Hashable, Sendable {
        case awaitingHello
        case open
        /// Either side sent a GOAWAY: calls in flight go on, new ones need another connection.
        case draining
        case closed
    }

    /// What to do next.
    enum Action: Equatable, Sendable {
        case none
        /// The server's HELLO is here: calls may start.
        case ready
        /// A call's only answer; its stream is over.
        case response(StreamID, body: ByteBuffer)
        /// One message of a stream.
        case message(StreamID, body: ByteBuffer)
        /// A call is over with this status.
        case status(StreamID, Status, notProcessed: Bool)
        /// An answer that is longer than we take: cancel the call, which is over with this status.
        case reject(StreamID, Status)
        case pong(UInt64)
        /// The server takes no more calls here.
        case drain
        /// The server ends the connection; every open call fails.
        case lost(GoAway)
        /// Send the GOAWAY and close; every open call fails.
        case close(GoAway)
    }

    private struct Slot: Sendable {
        var generation: UInt16 = 0
        var isOpen = false
    }

    let limits: RPCLimits
    private(set) var phase = Phase.awaitingHello
    private(set) var peer: Hello?
    private(set) var openStreams = 0
    private var slots = [Slot()]
    private var free: [Int] = []

    init(limits: RPCLimits) {
        self.limits = limits
    }

    /// Longest payload to take in the present phase.
    var maxPayloadBytes: Int {
        phase == .awaitingHello ? Hello.maxBytes : limits.maxMessageBytes + limits.maxMetadataBytes
    }

    /// A stream for a new call; nil when as many calls are in flight as both sides allow. Only in the phase `open`.
    mutating func open() -> StreamID? {
        precondition(phase == .open, "calls start on open connections")
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            guard openStreams < min(limits.maxStreams, peer?.maxStreams ?? limits.maxStreams) else { return nil }
            slot = slots.count
            slots.append(Slot())
        }
        slots[slot].generation &+= 1
        slots[slot].isOpen = true
        openStreams += 1
        return StreamID(slot: slot, generation: slots[slot].generation)
    }

    func isOpen(_ stream: StreamID) -> Bool {
        let slot = stream.slot
        return slot < slots.count && slots[slot].isOpen && slots[slot].generation == stream.generation
    }

    /// The call is over on our side. False when it was over before.
    mutating func end(_ stream: StreamID) -> Bool {
        guard isOpen(stream) else { return false }
        slots[stream.slot].isOpen = false
        free.append(stream.slot)
        openStreams -= 1
        return true
    }

    mutating func receive(_ piece: FrameReader.Piece) -> Action {
        do throws(ProtocolFault) {
            switch piece {
            case .frame(let frame): return try receive(frame)
            case .oversize(let header): return try receiveOversize(header)
            }
        } catch {
            return fail(error)
        }
    }

    /// Ends the connection for a fault found elsewhere.
    mutating func fail(_ fault: ProtocolFault) -> Action {
        if phase == .closed { return .none }
        phase = .closed
        return .close(fault.goAway)
    }

    /// Starts no new calls from here on.
    mutating func drain() {
        if phase != .closed { phase = .draining }
    }

    /// The socket is gone.
    mutating func close() {
        phase = .closed
    }

    /// True when a drained connection has nothing left to do.
    var isDrained: Bool { phase == .draining && openStreams == 0 }

    // MARK: - Frames

    private mutating func receive(_ frame: Frame) throws(ProtocolFault) -> Action {
        let type = FrameType(rawValue: frame.header.type)
        switch (phase, type) {
        case (.closed, _): return .none
        case (.awaitingHello, .hello):
            peer = try Hello(decoding: frame, defaults: limits)
            phase = .open
            return .ready
        case (_, .goAway):
            let goAway = try GoAway(decoding: frame)
            if goAway.code == .drain, phase != .awaitingHello {
                phase = .draining
                return .drain
            }
            phase = .closed
            return .lost(goAway)
        case (.awaitingHello, _): throw ProtocolFault("the first frame is not a Firstline HELLO")
        case (_, .hello): throw ProtocolFault("a second HELLO")
        case (_, .response): return try response(frame)
        case (_, .message): return try message(frame)
        case (_, .status): return try status(frame)
        case (_, .ping): return .pong(try pingToken(frame))
        case (_, .pong), (_, .credit): return .none
        case (_, .request), (_, .cancel):
            throw ProtocolFault("a server does not send frames of type \(frame.header.type)")
        case (_, nil): return .none
        }
    }

    private mutating func receiveOversize(_ header: FrameHeader) throws(ProtocolFault) -> Action {
        if phase == .closed { return .none }
        if phase == .awaitingHello { throw ProtocolFault("the first frame is not a Firstline HELLO") }
        let type = FrameType(rawValue: header.type)
        guard type == .response || type == .message else {
            throw ProtocolFault(
                "a frame of \(header.length) bytes is longer than \(maxPayloadBytes)", code: .limitExceeded)
        }
        return tooLong(header)
    }

    /// The call fails; the connection and its other calls go on.
    private mutating func tooLong(_ header: FrameHeader) -> Action {
        guard end(header.stream) else { return .none }
        let text = "the response is longer than \(limits.maxMessageBytes) bytes"
        let status = Status(code: StatusCode.resourceExhausted.rawValue, message: text, detail: [])
        return .reject(header.stream, status)
    }

    private mutating func response(_ frame: Frame) throws(ProtocolFault) -> Action {
        try checkUncompressed(frame)
        if frame.body.readableBytes > limits.maxMessageBytes { return tooLong(frame.header) }
        return end(frame.header.stream) ? .response(frame.header.stream, body: frame.body) : .none
    }

    private mutating func message(_ frame: Frame) throws(ProtocolFault) -> Action {
        try checkUncompressed(frame)
        if frame.body.readableBytes > limits.maxMessageBytes { return tooLong(frame.header) }
        return isOpen(frame.header.stream) ? .message(frame.header.stream, body: frame.body) : .none
    }

    private mutating func status(_ frame: Frame) throws(ProtocolFault) -> Action {
        let status = try Status(decoding: frame)
        guard end(frame.header.stream) else { return .none }
        return .status(frame.header.stream, status, notProcessed: frame.header.flags.contains(.notProcessed))
    }

    private func checkUncompressed(_ frame: Frame) throws(ProtocolFault) {
        if frame.header.flags.contains(.compressed) {
            throw ProtocolFault("a compressed frame, which nobody asked for")
        }
    }
}
