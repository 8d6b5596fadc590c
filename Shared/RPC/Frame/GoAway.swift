import NIOCore

/// Why a side wants no more calls on a connection.
struct GoAway: Hashable, Sendable {
    /// Numbers stand on the wire; unknown ones count as `protocolError`.
    enum Code: UInt8, Sendable, CaseIterable {
        /// Graceful: calls in flight go on to their end.
        case drain = 0
        case protocolError = 1
        case unsupportedVersion = 2
        case limitExceeded = 3
        case timeout = 4
    }

    var code: Code
    var reason: String

    init(code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    init(decoding frame: Frame) throws(ProtocolFault) {
        var body = frame.body
        guard let code = body.readInteger(as: UInt8.self), let length = body.readInteger(as: UInt16.self),
            let bytes = body.readBytes(length: Int(length))
        else { throw ProtocolFault("a GOAWAY is cut short") }
        self.init(code: Code(rawValue: code) ?? .protocolError, reason: String(decoding: bytes, as: UTF8.self))
    }
}
