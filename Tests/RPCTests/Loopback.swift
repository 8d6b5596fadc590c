import Logging
import Model
import RPC
import Wire

/// A server with `EchoHandler` on a free port, and a client of it.
struct Loopback {
    let handler: EchoHandler
    let server: RPCServer
    let client: RPCClient

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` and takes everything down.
    static func with(
        server serverLimits: RPCLimits = RPCLimits(), client clientLimits: RPCLimits = RPCLimits(),
        serverTLS: TLSConfiguration? = nil, clientTLS: TLSConfiguration? = nil, expecting service: String? = nil,
        observe: (@Sendable (CallRecord) -> Void)? = nil, _ body: (Loopback) async throws -> Void
    ) async throws {
        let handler = EchoHandler()
        let server = try await serve(handler, limits: serverLimits, tls: serverTLS, observe: observe)
        let client = try RPCClient(
            ServerAddress(host: "127.0.0.1", port: server.port, service: service), tls: clientTLS, limits: clientLimits,
            logger: logger)
        do {
            try await body(Loopback(handler: handler, server: server, client: client))
        } catch {
            client.close()
            await server.drain(timeout: .zero)
            throw error
        }
        client.close()
        await server.drain(timeout: .zero)
    }

    static func serve(
        _ handler: EchoHandler, port: Int = 0, limits: RPCLimits = RPCLimits(), tls: TLSConfiguration? = nil,
        observe: (@Sendable (CallRecord) -> Void)? = nil
    ) async throws -> RPCServer {
        try await RPCServer.bind(
            host: "127.0.0.1", port: port, handlers: [handler], tls: tls, limits: limits, logger: logger,
            observe: observe,
            authenticate: { peer, metadata in
                if metadata["forbid"] == "authenticate" { throw RPCError(.unauthenticated, "who are you?") }
                return Caller(role: .service, serviceName: peer.serviceName ?? "nobody")
            },
            authorize: { _, method in
                if method.hasSuffix("/Forbidden") { throw RPCError.forbidden("not for you") }
            })
    }
}

extension RPCClient {
    /// One text for another.
    func call(
        _ method: String, _ text: String = "", timeout: Duration = .seconds(30),
        metadata: [(name: String, value: String)] = []
    ) async throws -> String {
        try await unary(
            method, Text(text), CallOptions(timeout: timeout, metadata: Metadata(metadata)), returning: Text.self
        ).value
    }
}

/// The error that `body` throws; nil when it throws none.
func failure(of body: () async throws -> some Any) async -> RPCError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? RPCError
    }
}
