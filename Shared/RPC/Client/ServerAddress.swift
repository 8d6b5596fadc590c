/// Where a server listens, and who it must prove to be.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    public var host: String
    public var port: Int
    /// With TLS: NAME of the URI SAN `spiffe://firstline/NAME` that the server's certificate must have. Nil: the certificate must name `host`.
    public var service: String?

    public init(host: String, port: Int, service: String? = nil) {
        self.host = host
        self.port = port
        self.service = service
    }

    /// Reads "host:port" or "[v6]:port"; nil when it is neither.
    public init?(_ text: String, service: String? = nil) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port), service: service)
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
