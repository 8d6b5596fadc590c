/// What a frame is for. Numbers stand on the wire; unknown ones are skipped by the receiver.
enum FrameType: UInt8, Sendable, CaseIterable {
    case hello = 1
    case request = 2
    case response = 3
    case message = 4
    case status = 5
    case cancel = 6
    case credit = 7
    case ping = 8
    case pong = 9
    case goAway = 10
}

/// Flags of a frame; unknown ones are ignored.
struct FrameFlags: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    /// The sender sends no more on this stream.
    static let end = FrameFlags(rawValue: 0x01)
    /// The body is compressed: kept for a later version, refused by this one.
    static let compressed = FrameFlags(rawValue: 0x02)
    /// On a status: no handler has seen the request, so it may be sent again.
    static let notProcessed = FrameFlags(rawValue: 0x04)
}
