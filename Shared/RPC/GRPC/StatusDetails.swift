import Model
import Wire

/// `grpc-status-details-bin`: a `google.rpc.Status` whose only detail is our `ErrorDetail` as a `google.protobuf.Any`.
enum StatusDetails {
    static let typeURL = "type.googleapis.com/firstline.v1.ErrorDetail"

    /// The encoded status; nil without a detail. One that is too long loses the current object, then everything.
    static func encode(_ error: RPCError, text: String, maxBytes: Int) -> [UInt8]? {
        guard var detail = error.detail else { return nil }
        if let whole = status(error.code, text, detail), whole.count <= maxBytes { return whole }
        detail.current = []
        guard let rest = status(error.code, text, detail), rest.count <= maxBytes else { return nil }
        return rest
    }

    private static func status(_ code: StatusCode, _ text: String, _ detail: ErrorDetail) -> [UInt8]? {
        guard let bytes = try? detail.serialized() else { return nil }
        var any = ProtobufWriter()
        any.string(1, typeURL)
        any.bytes(2, bytes)
        var status = ProtobufWriter()
        status.varint(1, UInt64(code.rawValue))
        status.string(2, text)
        status.bytes(3, any.encoded)
        return status.encoded
    }
}
