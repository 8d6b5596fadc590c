/// Who is at the other end of a connection, as far as the transport knows.
public struct PeerIdentity: Sendable, Hashable {
    /// NAME of the certificate's only URI SAN `spiffe://firstline/NAME`; nil on plain TCP, or when the certificate has no such name.
    public var serviceName: String?
    /// The peer's address, as "127.0.0.1:40112".
    public var address: String
    /// Whether the peer proved itself by a certificate of our CA.
    public var isAuthenticated: Bool

    public init(serviceName: String? = nil, address: String = "", isAuthenticated: Bool = false) {
        self.serviceName = serviceName
        self.address = address
        self.isAuthenticated = isAuthenticated
    }
}
