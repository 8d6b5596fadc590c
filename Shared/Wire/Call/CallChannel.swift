/// A way to a service: what a generated client calls through. It carries bytes; the types of a call's messages stay with the caller.
public protocol CallChannel: Sendable {
    /// One request, one response, whose bytes `decode` is handed, once. Throws `RPCError` alone.
    func unary(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
    ) async throws

    /// One request, many responses: the bytes of each are handed to `decode`, then `receive` is awaited, then the next one follows; returns
    /// when the server ends the stream. While `receive` runs, no further credit is given, so a slow reader slows the sender. Throws
    /// `RPCError`, or what `receive` throws (which cancels the call).
    func serverStreaming(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws
}
