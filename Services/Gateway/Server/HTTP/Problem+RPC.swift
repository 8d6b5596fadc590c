import HTTPTypes
import Model
import Wire

extension Problem {
    /// A refused call to an owner, as the API tells it.
    init(_ error: RPCError) {
        let code = error.detail?.code ?? ""
        let violations = (error.detail?.violations ?? []).map {
            Violation(field: Self.fieldNames[$0.field] ?? $0.field, message: $0.message)
        }
        func problem(_ status: HTTPResponse.Status, _ standard: String, _ headers: HTTPFields = [:]) -> Problem {
            Problem(
                status, code.isEmpty ? standard : code, error.message, violations: violations, headers: headers)
        }
        if code == "idempotency_key_reused" {
            self = problem(.unprocessableContent, code)
            return
        }
        switch error.code {
        case .invalidArgument, .outOfRange: self = problem(.unprocessableContent, "invalid_field")
        case .notFound: self = .notFound()
        case .permissionDenied: self = problem(.forbidden, "forbidden")
        case .aborted: self = problem(code == "stale_version" ? .preconditionFailed : .conflict, "aborted")
        case .alreadyExists: self = problem(.conflict, "already_exists")
        case .failedPrecondition: self = problem(.conflict, "failed_precondition")
        case .resourceExhausted:
            switch code {
            case "storage_full": self = problem(Self.insufficientStorage, code)
            case "too_large": self = problem(.contentTooLarge, code)
            default: self = problem(.tooManyRequests, "rate_limited", [.retryAfter: "1"])
            }
        // Which address is away is for the log.
        case .unavailable:
            self = Problem(
                .serviceUnavailable, code.isEmpty ? "not_here" : code, "A part of the desk is away; try again.",
                headers: [.retryAfter: "1"])
        case .deadlineExceeded: self = problem(.gatewayTimeout, "deadline_exceeded")
        case .unimplemented: self = problem(.notImplemented, "unimplemented")
        case .ok, .cancelled, .unknown, .internalError, .dataLoss, .unauthenticated:
            self = Problem(.internalServerError, "internal", "Something went wrong here; the log tells more.")
        }
    }

    /// The fields that the API calls otherwise than the owners do.
    private static let fieldNames = ["attachment_ids": "attachments"]

    static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}
