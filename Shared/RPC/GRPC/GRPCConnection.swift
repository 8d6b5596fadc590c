import Model
import Wire

/// What holds for a whole HTTP/2 connection of the gRPC face: which streams may begin, how it drains, what it holds for its peer.
/// It touches no socket, clock or handler.
///
/// awaitingSettings → open → announced (a first GOAWAY without a last stream) → draining (the last stream is said) → closed.
struct GRPCConnection: Sendable {
    enum Phase: Hashable, Sendable {
        case awaitingSettings
        case open
        case announced
        case draining
        case closed
    }

    /// How far a drain came.
    enum DrainStep: Hashable, Sendable {
        case none
        /// GOAWAY that names no last stream yet, then a PING: requests that are under way still count.
        case announce
        /// GOAWAY with the last stream that counts.
        case name(lastStream: Int)
    }

    let limits: RPCLimits
    private(set) var phase = Phase.awaitingSettings
    /// Streams that have begun and are not closed.
    private(set) var openStreams = 0
    /// Handlers that run, those of cancelled calls too.
    private(set) var runningHandlers = 0
    /// Of these, those whose stream is gone.
    private(set) var abandonedHandlers = 0
    /// Bytes of requests that are not whole yet.
    private(set) var requestBytes = 0
    /// Bytes of requests whose handlers run.
    private(set) var runningBytes = 0
    /// Bytes of responses that the peer's windows have not let through.
    private(set) var responseBytes = 0
    private(set) var lastStream = 0
    private var flood = UpdateFlood()

    init(limits: RPCLimits) {
        self.limits = limits
    }

    /// What the peer may send on one stream, and on the connection, before we grant more.
    static let streamWindowBytes = 256 * 1_024
    static let connectionWindowBytes = 1_024 * 1_024
    /// A stream begins. The reason when it must not.
    mutating func begin(_ stream: Int) -> RPCError? {
        openStreams += 1
        lastStream = max(lastStream, stream)
        guard abandonedHandlers < limits.maxAbandonedHandlers else {
            return RPCError(.resourceExhausted, "too many cancelled calls still run")
        }
        return refusalOfResponse
    }

    mutating func end() {
        openStreams -= 1
    }

    mutating func startHandler(requestBytes: Int) {
        runningHandlers += 1
        runningBytes += requestBytes
    }

    /// A stream is gone while its handler runs.
    mutating func abandonHandler() {
        abandonedHandlers += 1
    }

    mutating func finishHandler(requestBytes: Int, wasAbandoned: Bool) {
        runningHandlers -= 1
        runningBytes -= requestBytes
        if wasAbandoned { abandonedHandlers -= 1 }
    }

    /// What a stream holds of its request changed. The reason when that is too much.
    mutating func holdRequest(_ change: Int) -> RPCError? {
        requestBytes += change
        let limit = limits.maxRunningRequestBytes
        guard requestBytes > limit else { return nil }
        return RPCError(
            .resourceExhausted, "unfinished requests take more than \(limit) bytes",
            detail: ErrorDetail(code: "too_large"))
    }

    /// Why the only response of a call must not be held until the peer takes it; nil when it may.
    var refusalOfResponse: RPCError? { responseBytes <= limits.maxUnsentBytes ? nil : Self.unread }

    /// A response is held until the peer takes it. Those of streams are bounded by the credit of each.
    mutating func holdResponse(_ bytes: Int) {
        responseBytes += bytes
    }

    /// Bytes of responses went out.
    mutating func sent(_ bytes: Int) {
        responseBytes -= bytes
        flood.sent(bytes)
    }

    /// Bytes of responses will never go out: their stream is closed.
    mutating func drop(_ bytes: Int) {
        responseBytes -= bytes
    }

    /// The peer's settings came: true for the first.
    mutating func receiveSettings() -> Bool {
        guard phase == .awaitingSettings else { return false }
        phase = .open
        return true
    }

    /// False when the peer must be sent away for its window games.
    mutating func receiveUpdate() -> Bool { flood.receiveUpdate() }

    mutating func tick() { flood.tick() }

    /// Takes no new streams from here on.
    mutating func drain() -> DrainStep {
        switch phase {
        case .awaitingSettings, .open:
            phase = .announced
            return .announce
        case .announced, .draining, .closed: return .none
        }
    }

    /// The peer has seen the announcement, or had time to.
    mutating func confirmDrain() -> DrainStep {
        guard phase == .announced else { return .none }
        phase = .draining
        return .name(lastStream: lastStream)
    }

    /// The peer itself takes its leave.
    mutating func peerLeaves() {
        if phase == .awaitingSettings || phase == .open { phase = .draining }
    }

    mutating func close() {
        phase = .closed
    }

    /// True when a drained connection has nothing left to do.
    var isDrained: Bool { phase == .draining && openStreams == 0 }

    /// What is held of the peer's requests.
    var heldBytes: Int { requestBytes + runningBytes }

    /// How much more the peer may send on the whole connection when so much is left; nil for now when that is enough, or when the handlers are busy
    /// with what has come. Those do not wait for the peer's data, so this ends.
    func connectionGrant(left: Int) -> Int? {
        guard phase != .awaitingSettings, phase != .closed, runningBytes < limits.maxRunningRequestBytes / 2 else {
            return nil
        }
        return Self.grant(left: left, of: Self.connectionWindowBytes)
    }

    /// How much to grant when so much of a window is left; nil when that is enough.
    static func grant(left: Int, of window: Int) -> Int? {
        left <= window / 2 ? window - left : nil
    }

    private static var unread: RPCError {
        RPCError(
            .resourceExhausted, "the client does not read its responses", detail: ErrorDetail(code: "rate_limited"))
    }
}
