import Model
import Wire

/// How a call failed, and whether it may have had an effect.
struct CallFailure: Error {
    enum Reach: Sendable {
        /// No handler has seen the request.
        case notProcessed
        /// The connection was lost while the call was in flight.
        case unknown
        /// The server answered with a status.
        case answered
        /// The caller gave up, or there is no connection to be had.
        case final
    }

    var error: RPCError
    var reach: Reach

    /// Where the instance is that leads, as one that does not has told.
    var leader: String? {
        guard let detail = error.detail, detail.code == RPCError.notHereCode, !detail.leader.isEmpty else { return nil }
        return detail.leader
    }
}
