import Wire

/// Why a stream gets an answer before any handler runs.
enum GRPCRefusal: Error, Sendable {
    /// A Trailers-Only response.
    case status(RPCError)
    /// The same, with what we take instead: `grpc-accept-encoding`.
    case encoding(RPCError)
    /// The request is no gRPC at all: an HTTP status alone.
    case http(Int)
}
