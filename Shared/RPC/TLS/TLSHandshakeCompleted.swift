/// Fired by the TLS handler once both sides have proved themselves; nothing is read before.
struct TLSHandshakeCompleted: Sendable {
    /// NAME of the peer's URI SAN `spiffe://firstline/NAME`, if it has exactly one.
    var serviceName: String?
    var applicationProtocol: ApplicationProtocol
}
