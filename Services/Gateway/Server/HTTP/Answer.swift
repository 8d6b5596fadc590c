import HTTPTypes
import Model

/// What goes back for one request.
struct Answer: Sendable {
    typealias Status = HTTPResponse.Status

    enum Body: Sendable {
        case bytes([UInt8])
        /// Written piece by piece while the client takes it.
        /// - Parameter length: in bytes, when it is known before.
        case stream(length: Int?, @Sendable (any AnswerWriter) async throws -> Void)
    }

    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body: Body = .bytes([])

    static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok) -> Answer {
        Answer(status: status, headers: [.contentType: "application/json"], body: .bytes(JSONWriter.bytes(of: value)))
    }

    static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Answer {
        Answer(status: status, headers: [.contentType: "text/html; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    static func redirect(_ path: String) -> Answer {
        Answer(status: .seeOther, headers: [.location: path])
    }

    func with(_ name: HTTPField.Name, _ value: String?) -> Answer {
        var copy = self
        if let value { copy.headers[name] = value }
        return copy
    }

    /// The bytes of an answer that is not streamed.
    var bytes: [UInt8]? {
        if case .bytes(let bytes) = body { bytes } else { nil }
    }
}

/// Where a streamed answer goes.
protocol AnswerWriter: Sendable {
    /// Suspends while the client does not take more; throws once it is gone.
    func write(_ bytes: [UInt8]) async throws
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
    static let stale = HTTPField.Name("Firstline-Stale")!
    static let place = HTTPField.Name("Firstline-Place")!
    static let traceParent = HTTPField.Name("traceparent")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    static let noSniff = HTTPField.Name("X-Content-Type-Options")!
    static let robots = HTTPField.Name("X-Robots-Tag")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let securityPolicy = HTTPField.Name("Content-Security-Policy")!
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
}
