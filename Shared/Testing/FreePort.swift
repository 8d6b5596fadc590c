import NIOCore
import NIOPosix
public import ServiceKit

/// Addresses that nobody listens on.
public enum FreePort {
    /// One that was free a moment ago: for services that must know each other's address before they start. It lies below the ports that
    /// the system gives to outgoing connections, so that none of these takes it.
    public static func address() async throws -> HostPort {
        while true {
            let port = Int.random(in: 20_000..<32_000)
            let channel = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port).get()
            guard let channel else { continue }
            try await channel.close()
            return HostPort(host: "127.0.0.1", port: port)
        }
    }

    /// One where calls fail at once.
    public static let nobody = HostPort(host: "127.0.0.1", port: 9)
}
