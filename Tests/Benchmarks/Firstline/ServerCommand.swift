import ArgumentParser
import Logging
import Model
import NIOPosix
import RPC
import ServiceKit
import UnixSignals
import Wire

/// Serves on a free port of loopback until SIGTERM. Prints `{"port"}` when it listens and `{"cpu_seconds"}`, since then, at the end.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "server", abstract: "Serves until SIGTERM.")

    @Option(help: "A folder that `certificates` has written; without it plain TCP.")
    var tls: String?

    func run() async throws {
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        let metrics = CallMetrics(MetricsRegistry())
        let authentication = CallerAuthentication(verifier: nil, trustsLoopback: tls == nil)
        let handlers: [any ServiceHandler] = [TicketHandler(), EntriesHandler()]
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await RPCServer.bind(
            host: "127.0.0.1", port: 0, handlers: [GuardedHandlers(handlers: handlers, logger: logger)],
            tls: tls.map { TLSConfiguration("intake", in: $0) }, eventLoopGroup: group, logger: logger,
            observe: metrics.record, authenticate: authentication.caller,
            authorize: { caller, method in
                guard AccessPolicy.allows(caller, method) else { throw RPCError.forbidden("\(method) is not allowed") }
            })
        let start = ProcessorTime.now
        let signals = await UnixSignalsSequence(trapping: .sigterm)
        try JSONLine.print(["port": server.port])
        for await _ in signals { break }
        try JSONLine.print(["cpu_seconds": (ProcessorTime.now - start).inSeconds])
        await server.drain(timeout: .zero)
    }
}
