@testable import RPC

extension RPCLimits {
    /// Limits so small that a short input reaches them.
    static var tight: RPCLimits {
        var limits = RPCLimits()
        limits.maxMessageBytes = 64
        limits.maxStreams = 4
        limits.maxMetadataBytes = 64
        limits.maxAbandonedHandlers = 3
        limits.streamCreditBytes = 100
        return limits
    }
}
