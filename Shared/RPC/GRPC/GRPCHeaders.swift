import Model
import NIOHPACK
import Wire

/// The header blocks of a response.
enum GRPCHeaders {
    /// Before the first message.
    static let response = HPACKHeaders([(":status", "200"), ("content-type", "application/grpc")])
    /// After the last one, when all went well.
    static let ok = HPACKHeaders([("grpc-status", "0")])
    /// The same without any message before it.
    static let onlyOK = HPACKHeaders([(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0")])

    /// Trailers that tell a failure.
    /// - Parameter alone: whether they are the whole response (Trailers-Only), and so need what stands before the first message too.
    static func trailers(_ error: RPCError, alone: Bool) -> HPACKHeaders {
        var headers = alone ? response : HPACKHeaders()
        headers.add(name: "grpc-status", value: "\(error.code.rawValue)")
        let text = String(error.message.prefix(utf8Bytes: maxTextBytes))
        let encoded = PercentEncoding.encode(text)
        if !text.isEmpty { headers.add(name: "grpc-message", value: encoded) }
        let room = (maxBytes - encoded.utf8.count) / 4 * 3
        if let details = StatusDetails.encode(error, text: text, maxBytes: room) {
            headers.add(name: "grpc-status-details-bin", value: Base64.encode(details))
        }
        return headers
    }

    static func refusal(_ refusal: GRPCRefusal) -> HPACKHeaders {
        switch refusal {
        case .status(let error): return trailers(error, alone: true)
        case .encoding(let error):
            var headers = trailers(error, alone: true)
            headers.add(name: "grpc-accept-encoding", value: GRPCRequestHead.identity)
            return headers
        case .http(let status): return HPACKHeaders([(":status", "\(status)")])
        }
    }

    /// Longest text of a status, in bytes of UTF-8, before it is percent-encoded.
    static let maxTextBytes = 1_024
    /// Text and details together, encoded: stock clients refuse more than 8 KiB of trailers.
    static let maxBytes = 7_500
}
