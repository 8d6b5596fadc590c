import Wire

/// How a call failed, and whether it may have had an effect.
struct CallFailure: Error {
    enum Reach: Sendable {
        /// No handler has seen the request.
        case notProcessed
        /// The connection was lost while the call was in flight.
        case unknown
        /// The server answered, or the caller gave up.
        case final
    }

    var error: RPCError
    var reach: Reach
}
