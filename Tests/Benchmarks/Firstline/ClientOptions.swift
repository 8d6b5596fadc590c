import ArgumentParser
import Logging
import NIOPosix
import RPC
import Wire

/// Whom to call, and for how long.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server's port on 127.0.0.1.")
    var port: Int

    @Option(help: "How long to measure.")
    var seconds = 3.0

    @Option(help: "How long to call before measuring.")
    var warmUpSeconds = 1.0

    @Option(help: "A folder that `certificates` has written; without it plain TCP.")
    var tls: String?

    func makeClient(on group: MultiThreadedEventLoopGroup) throws -> RPCClient {
        try RPCClient(
            ServerAddress(host: "127.0.0.1", port: port, service: "intake"),
            tls: tls.map { TLSConfiguration("gateway", in: $0) }, eventLoopGroup: group,
            logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
    }

    /// What every call carries beside its own idempotency key.
    var metadata: Metadata { Metadata(tls == nil ? [("service", "gateway")] : []) }
}
