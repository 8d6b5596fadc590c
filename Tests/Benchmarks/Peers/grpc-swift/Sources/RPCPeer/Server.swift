import Dispatch
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import Messages

let createTicket = MethodDescriptor(fullyQualifiedService: "firstline.v1.Intake", method: "CreateTicket")

/// Answers every new ticket with the same one. Registered as the generated code does it; only the other methods are left out.
struct TicketService: RegistrableRPCService {
    let reply: Firstline_V1_TicketReply

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: createTicket, deserializer: ProtobufDeserializer<Firstline_V1_CreateTicketRequest>(),
            serializer: ProtobufSerializer<Firstline_V1_TicketReply>()
        ) { request, _ in
            let single = try await ServerRequest(stream: request)
            guard !single.message.subject.isEmpty, single.metadata["idempotency-key"].first(where: { _ in true }) != nil
            else { throw RPCError(code: .invalidArgument, message: "subject and idempotency key are required") }
            return StreamingServerResponse(single: ServerResponse(message: reply))
        }
    }
}

/// Serves on a free port of loopback until SIGTERM. Prints {"port"} when it listens and {"cpu_seconds"}, since then, at the end.
func runServer(_ options: Options) async throws {
    let server = GRPCServer(
        transport: .http2NIOPosix(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext),
        services: [TicketService(reply: try options.sample("reply"))])
    signal(SIGTERM, SIG_IGN)
    let terminated = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
    try await withThrowingDiscardingTaskGroup { group in
        group.addTask { try await server.serve() }
        let port = try await server.listeningAddress?.ipv4?.port ?? 0
        let start = cpuSeconds()
        report(["port": port])
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        terminated.setEventHandler { end.finish() }
        terminated.resume()
        group.addTask {
            // A server lives no longer than this, whoever forgets it.
            try await Task.sleep(for: .seconds(600))
            end.finish()
        }
        for await _ in ends {}
        report(["cpu_seconds": cpuSeconds() - start])
        exit(0)
    }
}
