/// Counts a peer's WINDOW_UPDATE frames against the bytes that they let through: a window that opens byte by byte costs us a frame for each.
struct UpdateFlood: Hashable, Sendable {
    private var updates = 0
    private var sentBytes = 0

    /// Free updates in an interval of `Keepalive`.
    static let freeUpdates = 2_000
    /// Beyond those, one update for so many bytes.
    static let bytesAnUpdate = 512

    mutating func sent(_ bytes: Int) {
        sentBytes += bytes
    }

    /// False when the peer has gone too far.
    mutating func receiveUpdate() -> Bool {
        updates += 1
        return updates <= Self.freeUpdates + sentBytes / Self.bytesAnUpdate
    }

    /// A new interval begins.
    mutating func tick() {
        updates = 0
        sentBytes = 0
    }
}
