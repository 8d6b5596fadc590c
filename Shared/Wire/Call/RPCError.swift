public import Model

/// A call that did not succeed: a closed code, a message fit for the caller, details, and what caused it (for the log alone).
public struct RPCError: Error, Sendable {
    public var code: StatusCode
    /// Fit for the caller's eyes; names what is wrong.
    public var message: String
    /// Machine-readable details; travels with the status.
    public var detail: ErrorDetail?
    /// Never leaves the process.
    public var cause: (any Error)?

    public init(_ code: StatusCode, _ message: String, detail: ErrorDetail? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.detail = detail
        self.cause = cause
    }

    /// A request with a field that cannot be taken: INVALID_ARGUMENT, `invalid_field`.
    public static func invalidField(_ field: String, _ message: String) -> RPCError {
        invalidFields([Violation(field: field, message: message)])
    }

    /// A request with fields that cannot be taken, all named at once. `violations` must not be empty.
    public static func invalidFields(_ violations: [Violation]) -> RPCError {
        precondition(!violations.isEmpty, "a refusal names at least one field")
        let text = violations.map { "\($0.field): \($0.message)" }.joined(separator: "; ")
        return RPCError(.invalidArgument, text, detail: ErrorDetail(code: "invalid_field", violations: violations))
    }

    /// What was asked for is not there, or the caller may not know of it: NOT_FOUND, `not_found`.
    public static func notFound(_ what: String) -> RPCError {
        RPCError(.notFound, "\(what) not found", detail: ErrorDetail(code: "not_found"))
    }

    /// The caller's role does not allow it: PERMISSION_DENIED, `forbidden`.
    public static func forbidden(_ message: String) -> RPCError {
        RPCError(.permissionDenied, message, detail: ErrorDetail(code: "forbidden"))
    }

    /// The detail of a refusal by an instance that does not lead.
    public static let notHereCode = "not_here"

    /// This instance does not lead: UNAVAILABLE, `not_here`, with the leader's address where it is known. Nothing was done.
    public static func notHere(leader: String?) -> RPCError {
        RPCError(
            .unavailable, leader.map { "another instance leads, at \($0)" } ?? "no instance leads now",
            detail: ErrorDetail(code: notHereCode, leader: leader ?? ""))
    }

    /// Whether an instance that does not lead refused it.
    public var isNotHere: Bool { detail?.code == Self.notHereCode }

    /// The object changed since the caller saw it: ABORTED, `stale_version`, with the current object.
    /// - Parameter current: the encoded current object.
    public static func staleVersion(_ message: String, current: [UInt8]) -> RPCError {
        RPCError(.aborted, message, detail: ErrorDetail(code: "stale_version", current: current))
    }
}

extension RPCError: CustomStringConvertible {
    public var description: String { "\(code): \(message)" }
}
