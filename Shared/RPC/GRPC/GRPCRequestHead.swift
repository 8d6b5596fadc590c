import Model
import NIOHPACK
import Wire

/// The request headers of one call (gRPC over HTTP/2, "Requests").
struct GRPCRequestHead: Equatable, Sendable {
    /// Full method name, as "firstline.v1.Intake/CreateTicket".
    var method: String
    /// How long the caller waits; nil for ever.
    var timeout: Duration?
    /// Values of names that end in "-bin" stand as they came, in base64 without padding.
    var metadata: Metadata
    /// What it weighs: names and values of all headers.
    var bytes: Int

    /// - Parameter maxBytes: names and values together may have so many bytes.
    init(_ headers: HPACKHeaders, maxBytes: Int) throws(GRPCRefusal) {
        guard headers.first(name: ":method") == "POST" else { throw .http(405) }
        guard let type = headers.first(name: "content-type"), Self.isGRPC(type) else { throw .http(415) }
        bytes = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard bytes <= maxBytes else {
            throw .status(
                RPCError(
                    .resourceExhausted, "method and metadata are longer than \(maxBytes) bytes",
                    detail: ErrorDetail(code: "too_large")))
        }
        if let te = headers.first(name: "te"), te != "trailers" { throw .http(400) }
        let encoding = headers.first(name: "grpc-encoding") ?? Self.identity
        guard encoding == Self.identity else {
            throw .encoding(RPCError(.unimplemented, "compression is not spoken here"))
        }
        let path = headers.first(name: ":path") ?? ""
        guard path.hasPrefix("/"), path.utf8.count > 1 else {
            throw .status(RPCError(.unimplemented, "this server has no such method"))
        }
        method = String(path.dropFirst())
        timeout = try Self.timeout(headers)
        metadata = try Self.metadata(headers)
    }

    /// The only encoding of messages.
    static let identity = "identity"

    private static func isGRPC(_ type: String) -> Bool {
        let type = type.lowercased()
        guard type.hasPrefix("application/grpc") else { return false }
        let rest = type.dropFirst("application/grpc".count)
        return rest.isEmpty || rest.hasPrefix(";") || rest == "+proto" || rest.hasPrefix("+proto;")
    }

    private static func timeout(_ headers: HPACKHeaders) throws(GRPCRefusal) -> Duration? {
        guard let value = headers.first(name: "grpc-timeout") else { return nil }
        guard let timeout = GRPCTimeout.read(value) else {
            throw .status(.invalidField("grpc-timeout", "is not at most 8 digits and one of H, M, S, m, u, n"))
        }
        return timeout <= GRPCTimeout.longest ? timeout : nil
    }

    private static func metadata(_ headers: HPACKHeaders) throws(GRPCRefusal) -> Metadata {
        var pairs: [Metadata.Pair] = []
        for header in headers {
            let name = header.name
            if name.hasPrefix(":") || name.hasPrefix("grpc-") || reserved.contains(name) { continue }
            guard name.hasSuffix("-bin") else {
                pairs.append(Metadata.Pair(name, header.value))
                continue
            }
            for value in header.value.split(separator: ",") {
                let value = value.filter { $0 != " " && $0 != "=" }
                guard value.utf8.allSatisfy(Base64.isDigit), value.utf8.count % 4 != 1 else {
                    throw .status(.invalidField(name, "is not base64"))
                }
                pairs.append(Metadata.Pair(name, value))
            }
        }
        return Metadata(pairs: pairs)
    }

    /// What is the protocol's own, not the caller's.
    private static let reserved: Set<String> = ["content-type", "content-length", "te", "user-agent"]
}
