package import RPC
import Wire

/// Counts and times the calls that a server has answered.
package struct CallMetrics: Sendable {
    private let calls: Counter
    private let durations: Histogram

    package init(_ registry: MetricsRegistry) {
        calls = registry.counter(
            "firstline_rpc_calls_total", help: "RPC calls that ended.", labels: ["method", "code"])
        durations = registry.histogram(
            "firstline_rpc_duration_seconds", help: "How long RPC calls took, in seconds; streams not counted.",
            labels: ["method"])
    }

    package func record(_ call: CallRecord) {
        calls.increment([call.method, call.code.name])
        if call.method != JournalMethod.follow { durations.observe(call.duration, [call.method]) }
    }
}

extension StatusCode {
    /// As gRPC writes it, in lower case: "invalid_argument".
    var name: String {
        switch self {
        case .ok: "ok"
        case .cancelled: "cancelled"
        case .unknown: "unknown"
        case .invalidArgument: "invalid_argument"
        case .deadlineExceeded: "deadline_exceeded"
        case .notFound: "not_found"
        case .alreadyExists: "already_exists"
        case .permissionDenied: "permission_denied"
        case .resourceExhausted: "resource_exhausted"
        case .failedPrecondition: "failed_precondition"
        case .aborted: "aborted"
        case .outOfRange: "out_of_range"
        case .unimplemented: "unimplemented"
        case .internalError: "internal"
        case .unavailable: "unavailable"
        case .dataLoss: "data_loss"
        case .unauthenticated: "unauthenticated"
        }
    }
}
