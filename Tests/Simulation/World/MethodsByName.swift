import Model
import Wire

/// A service's methods, as a server keeps them.
struct MethodsByName: MethodTable, Sendable {
    typealias Unary = @Sendable ([UInt8], CallContext) async throws -> [UInt8]
    typealias Streaming =
        @Sendable ([UInt8], CallContext, @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void

    private(set) var unary: [String: Unary] = [:]
    private(set) var streaming: [String: Streaming] = [:]

    mutating func unary<Request: WireMessage, Response: WireMessage>(
        _ method: String, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        unary[method] = { bytes, context in
            try await handler(try Request(serialized: bytes), context).serialized()
        }
    }

    mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
        _ method: String,
        _ handler: @escaping @Sendable (Request, CallContext, any ResponseStream<Response>) async throws -> Void
    ) {
        streaming[method] = { bytes, context, send in
            try await handler(try Request(serialized: bytes), context, Responses<Response>(forward: send))
        }
    }

    private struct Responses<Response: WireMessage>: ResponseStream {
        let forward: @Sendable ([UInt8]) async throws -> Void

        func send(_ response: Response) async throws {
            try await forward(response.serialized())
        }
    }
}
