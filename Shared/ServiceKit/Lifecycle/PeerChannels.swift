import Logging
import Model
import RPC
import Wire

/// The connections to the peers, opened by the first call.
struct PeerChannels: Sendable {
    private let channels: [String: any CallChannel]
    private let clients: [RPCClient]

    private static let standbyKeepalive: Duration = .seconds(3)

    /// Ways to the peers that somebody else made, and will close.
    init(_ channels: [String: any CallChannel]) {
        self.channels = channels
        clients = []
    }

    /// - Parameter leaderTerm: in which this instance leads; 0 where no other can.
    /// - Throws: `TLSError`, `ConfigError`.
    init(
        _ peers: [String], of service: String, config: ServiceConfig, tls: TLSConfiguration?, leaderTerm: Int64,
        logger: Logger
    ) throws {
        var channels: [String: any CallChannel] = [:]
        var clients: [RPCClient] = []
        for peer in peers {
            guard config.string("peer-\(peer)") != nil else { throw ConfigError(.config, "--peer-\(peer) is not set") }
            let addresses = config.addresses("peer-\(peer)")
            for address in addresses {
                guard address.port > 0 else { throw ConfigError(.config, "--peer-\(peer) names no port") }
                guard tls != nil || address.isLoopback else {
                    throw ConfigError(.config, "--insecure-loopback: --peer-\(peer) is not a loopback address")
                }
            }
            var limits = RPCLimits()
            // Where another instance may lead by now, a silent one is given up soon.
            if addresses.count > 1 { limits.keepaliveInterval = Self.standbyKeepalive }
            let client = try RPCClient(
                addresses.map { ServerAddress(host: $0.host, port: $0.port, service: peer) }, tls: tls, limits: limits,
                logger: logger)
            channels[peer] = client.calling(as: tls == nil ? service : nil, leaderTerm: leaderTerm)
            clients.append(client)
        }
        self.channels = channels
        self.clients = clients
    }

    func channel(to peer: String) -> (any CallChannel)? { channels[peer] }

    func close() async {
        for client in clients { client.close() }
    }
}

extension CallChannel {
    /// Puts who we are and the present trace on every call.
    /// - Parameter service: without TLS, as which service we call.
    fileprivate func calling(as service: String?, leaderTerm: Int64) -> CompletingChannel {
        CompletingChannel(self) { options in
            if leaderTerm > 0 { options.metadata[Metadata.leaderTermKey] = String(leaderTerm) }
            if let service { options.metadata[Metadata.serviceKey] = service }
            if options.metadata[Metadata.traceParentKey] == nil, let trace = TraceContext.current {
                options.metadata[Metadata.traceParentKey] = trace.description
            }
        }
    }
}
