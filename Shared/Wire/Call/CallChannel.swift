/// A way to a service: what a generated client calls through.
public protocol CallChannel: Sendable {
    /// One request, one response. Throws `RPCError` alone.
    func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions, returning: Response.Type
    ) async throws -> Response

    /// One request, many responses, handed to `receive` one after the other; returns when the server ends the stream.
    /// While `receive` runs, no further credit is given, so a slow reader slows the sender. Throws `RPCError`, or what `receive` throws
    /// (which cancels the call).
    func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ request: Request, _ options: CallOptions,
        _ receive: @Sendable (Response) async throws -> Void
    ) async throws
}
