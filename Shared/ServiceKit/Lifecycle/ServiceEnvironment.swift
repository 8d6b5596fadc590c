public import Logging
public import Store
public import Wire

/// What a service is given to be built from.
public struct ServiceEnvironment: Sendable {
    /// "sla-timer".
    public let name: String
    public let store: Store
    public let blobs: any BlobStore
    /// The service's own folder; nothing else is written to.
    public let dataFolder: String
    public let config: ServiceConfig
    public let logger: Logger
    public let metrics: MetricsRegistry
    public let clock: any WallClock
    /// Checks the principals that the gateway signs; nil when there is no key.
    public let verifier: PrincipalVerifier?
    /// Where listeners say which address they took.
    public let endpoints: Endpoints
    /// How far other services' journals are applied, and how to wait for them.
    public let journals: FollowedJournals
    let channels: PeerChannels

    /// The way to a peer that the definition names. Calls carry this service's identity and the present trace.
    public func channel(to peer: String) -> any CallChannel {
        guard let channel = channels.channel(to: peer) else {
            preconditionFailure("\(peer) is not among the definition's peers")
        }
        return channel
    }
}
