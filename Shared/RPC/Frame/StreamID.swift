/// Which call of a connection a frame belongs to, chosen by the client: the low 16 bits are a slot (1 to the server's `maxStreams`), the
/// high 16 bits the slot's generation, so that late frames of an earlier call in the same slot are recognised. 0 is the connection itself.
struct StreamID: Hashable, Sendable {
    let rawValue: UInt32

    static let connection = StreamID(rawValue: 0)

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(slot: Int, generation: UInt16) {
        rawValue = UInt32(generation) << 16 | UInt32(slot)
    }

    var slot: Int { Int(rawValue & 0xFFFF) }
    var generation: UInt16 { UInt16(rawValue >> 16) }
}
