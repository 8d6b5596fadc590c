/// How a peer broke the protocol; ends the connection with a GOAWAY that says so.
struct ProtocolFault: Error, Hashable, Sendable {
    var code: GoAway.Code
    var reason: String

    init(_ reason: String, code: GoAway.Code = .protocolError) {
        self.code = code
        self.reason = reason
    }

    var goAway: GoAway { GoAway(code: code, reason: reason) }
}
