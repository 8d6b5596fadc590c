import NIOCore

/// The first frame of either side: what it is, and the limits that the other must keep to.
struct Hello: Hashable, Sendable {
    var version: UInt16 = Hello.version
    var maxMessageBytes: Int
    var maxStreams: Int
    var maxMetadataBytes: Int
    /// What may be sent to this side on a new stream before it grants more.
    var streamCreditBytes: Int

    static let magic: UInt32 = 0x464C_5250  // "FLRP"
    static let version: UInt16 = 1
    /// Longest payload that a receiver takes before it has read the peer's HELLO.
    static let maxBytes = 1_024

    /// Settings' numbers on the wire; unknown ones are skipped.
    private enum Setting: UInt16 {
        case maxMessageBytes = 1
        case maxStreams = 2
        case maxMetadataBytes = 3
        case streamCreditBytes = 4
    }

    init(_ limits: RPCLimits) {
        maxMessageBytes = limits.maxMessageBytes
        maxStreams = limits.maxStreams
        maxMetadataBytes = limits.maxMetadataBytes
        streamCreditBytes = limits.streamCreditBytes
    }

    /// Settings that the peer left out keep our own limits' values.
    init(decoding frame: Frame, defaults: RPCLimits) throws(ProtocolFault) {
        self.init(defaults)
        var body = frame.body
        guard frame.header.headLength == 0, frame.header.stream == .connection,
            body.readInteger(as: UInt32.self) == Hello.magic
        else { throw ProtocolFault("the first frame is not a Firstline HELLO") }
        guard let version = body.readInteger(as: UInt16.self), let count = body.readInteger(as: UInt16.self) else {
            throw ProtocolFault("a HELLO is cut short")
        }
        guard version == Hello.version else {
            throw ProtocolFault(
                "version \(version) is not spoken here, version \(Hello.version) is", code: .unsupportedVersion)
        }
        for _ in 0..<count {
            guard let (name, value) = body.readMultipleIntegers(as: (UInt16, UInt32).self) else {
                throw ProtocolFault("a HELLO's settings are cut short")
            }
            switch Setting(rawValue: name) {
            case .maxMessageBytes: maxMessageBytes = Int(value)
            case .maxStreams: maxStreams = min(Int(value), Int(UInt16.max))
            case .maxMetadataBytes: maxMetadataBytes = min(Int(value), Int(UInt16.max))
            case .streamCreditBytes: streamCreditBytes = Int(value)
            case nil: continue
            }
        }
    }

    func encoded() -> ByteBuffer {
        let settings: [(Setting, Int)] = [
            (.maxMessageBytes, maxMessageBytes), (.maxStreams, maxStreams), (.maxMetadataBytes, maxMetadataBytes),
            (.streamCreditBytes, streamCreditBytes),
        ]
        var body = ByteBuffer()
        body.writeMultipleIntegers(Hello.magic, version, UInt16(settings.count))
        for (name, value) in settings { body.writeMultipleIntegers(name.rawValue, UInt32(value)) }
        return body
    }
}
