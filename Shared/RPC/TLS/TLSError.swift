import COpenSSL

/// What went wrong with a certificate, a key, or a handshake.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What we tried.
    public var action: String
    /// OpenSSL's reason; empty when it gave none.
    public var reason: String

    public var description: String { reason.isEmpty ? action : "\(action): \(reason)" }

    init(_ action: String, reason: String) {
        self.action = action
        self.reason = reason
    }

    /// Takes the reasons out of the thread's OpenSSL error queue.
    init(_ action: String) {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            if let text = ERR_reason_error_string(code) { reasons.append(String(cString: text)) }
        }
        self.init(action, reason: reasons.joined(separator: "; "))
    }

    /// Throws unless OpenSSL reported success.
    static func check(_ result: Int32, _ action: @autoclosure () -> String) throws {
        if result <= 0 { throw TLSError(action()) }
    }

    /// Throws unless OpenSSL gave an object.
    static func check<Object>(_ object: Object?, _ action: @autoclosure () -> String) throws -> Object {
        guard let object else { throw TLSError(action()) }
        return object
    }
}
