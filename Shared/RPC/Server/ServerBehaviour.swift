import Logging
import Model
import Wire

/// What all connections of one server share.
struct ServerBehaviour: Sendable {
    var limits: RPCLimits
    var methods: ServerMethods
    var authenticate: @Sendable (PeerIdentity, Metadata) throws -> Caller
    var authorize: @Sendable (Caller, String) throws -> Void
    var observe: (@Sendable (CallRecord) -> Void)?
    var logger: Logger
}
