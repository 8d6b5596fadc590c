/// What a connection speaks, by its name in ALPN (RFC 7301).
enum ApplicationProtocol: String, Sendable, CaseIterable {
    case firstline = "firstline/1"
    /// gRPC over HTTP/2.
    case grpc = "h2"

    /// Nil for a name that is none of ours.
    init?(alpn name: UnsafeBufferPointer<UInt8>) {
        guard let known = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name) }) else { return nil }
        self = known
    }
}
