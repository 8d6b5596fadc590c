import Model
import NIOCore
import Wire

/// How a call ended, as it stands on the wire.
struct Status: Hashable, Sendable {
    /// A gRPC code, raw: a peer may know one that we do not.
    var code: UInt8
    var message: String
    /// An encoded `firstline.v1.ErrorDetail`; empty for none.
    var detail: [UInt8]

    static let ok = Status(code: StatusCode.ok.rawValue, message: "", detail: [])

    init(code: UInt8, message: String, detail: [UInt8]) {
        self.code = code
        self.message = message
        self.detail = detail
    }

    /// A detail that cannot be encoded or is longer than a message may be is left out: the code and the text still arrive.
    init(_ error: RPCError, maxDetailBytes: Int) {
        let detail = error.detail.flatMap { try? $0.serialized() } ?? []
        self.init(
            code: error.code.rawValue, message: error.message, detail: detail.count <= maxDetailBytes ? detail : [])
    }

    init(decoding frame: Frame) throws(ProtocolFault) {
        var head = frame.head
        guard let code = head.readInteger(as: UInt8.self), let length = head.readInteger(as: UInt16.self),
            let bytes = head.readBytes(length: Int(length))
        else { throw ProtocolFault("a status is cut short") }
        self.init(code: code, message: String(decoding: bytes, as: UTF8.self), detail: Array(buffer: frame.body))
    }

    /// Nil for OK. An unknown code is UNKNOWN; a detail that cannot be read is left out.
    var error: RPCError? {
        if code == StatusCode.ok.rawValue { return nil }
        return RPCError(
            StatusCode(rawValue: code) ?? .unknown, message,
            detail: detail.isEmpty ? nil : try? ErrorDetail(serialized: detail))
    }
}
