/// Calls with the types of their messages, over a channel that carries bytes.
///
/// The generated clients call these rather than methods of the channel's own: so the compiler makes the code for each pair of types, where
/// values are moved and not copied by way of their metadata.
enum TypedCall {
    static func unary<Request: WireMessage, Response: WireMessage>(
        _ channel: any CallChannel, _ method: String, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        var response: Response?
        try await channel.unary(method, request, options) { bytes throws(MessageError) in
            response = try Response(decoding: bytes)
        }
        guard let decoded = response.take() else {
            preconditionFailure("a call that succeeds has its response decoded")
        }
        return decoded
    }

    static func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ channel: any CallChannel, _ method: String, _ request: Request, _ options: CallOptions,
        _ receive: @Sendable (Response) async throws -> Void
    ) async throws {
        let latest = LatestResponse<Response>()
        try await channel.serverStreaming(method, request, options) { bytes throws(MessageError) in
            latest.response = try Response(decoding: bytes)
        } _: {
            guard let response = latest.response.take() else {
                preconditionFailure("a response is decoded, then received")
            }
            try await receive(response)
        }
    }
}

extension CallChannel {
    /// One request, one response. Throws `RPCError` alone.
    public func unary<Response: WireMessage>(
        _ method: String, _ request: some WireMessage, _ options: CallOptions, returning: Response.Type
    ) async throws -> Response {
        try await TypedCall.unary(self, method, request, options)
    }

    /// One request, many responses, handed to `receive` one after the other.
    public func serverStreaming<Response: WireMessage>(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ receive: @Sendable (Response) async throws -> Void
    ) async throws {
        try await TypedCall.serverStreaming(self, method, request, options, receive)
    }
}

/// The response that a stream brought last.
///
/// `@unchecked`: a channel decodes a response, awaits its receiver, and only then decodes the next one.
private final class LatestResponse<Response: WireMessage>: @unchecked Sendable {
    var response: Response?
}
