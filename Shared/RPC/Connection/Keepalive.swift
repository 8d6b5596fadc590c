/// Watches over a connection's silence; asked once every `keepaliveInterval`.
struct Keepalive: Hashable, Sendable {
    enum Verdict: Hashable, Sendable {
        case fine
        /// Ask by PING.
        case ping
        /// The peer did not answer, or a frame stands still.
        case lost
        /// Nothing was asked of this connection for long.
        case idle
    }

    /// Intervals of silence after which a connection without calls is idle.
    private let idleTicks: Int
    private var heard = true
    private var silentTicks = 0
    /// A PING went out and nothing has come since.
    private var isAsked = false
    private var unfinishedFrame: Int?

    init(limits: RPCLimits) {
        idleTicks = max(1, Int(limits.idleTimeout / limits.keepaliveInterval))
    }

    /// Bytes have come.
    mutating func hear() {
        heard = true
    }

    /// - Parameters:
    ///   - hasCalls: whether calls are open.
    ///   - unfinishedFrame: the number of the frame that has begun and not ended, if any.
    mutating func tick(hasCalls: Bool, unfinishedFrame: Int?) -> Verdict {
        if let unfinishedFrame, unfinishedFrame == self.unfinishedFrame { return .lost }
        self.unfinishedFrame = unfinishedFrame
        if heard {
            heard = false
            silentTicks = 0
            isAsked = false
            return .fine
        }
        silentTicks += 1
        if hasCalls {
            // Silence before the call does not count: only an unanswered PING does.
            if isAsked { return .lost }
            isAsked = true
            return .ping
        }
        return silentTicks >= idleTicks ? .idle : .fine
    }
}
