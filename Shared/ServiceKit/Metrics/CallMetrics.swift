package import RPC
import Synchronization
import Wire

/// Counts and times the calls that a server has answered.
package final class CallMetrics: Sendable {
    private let calls: Counter
    private let durations: Histogram
    private let known = Mutex(Known())

    package init(_ registry: MetricsRegistry) {
        calls = registry.counter(
            "firstline_rpc_calls_total", help: "RPC calls that ended.", labels: ["method", "code"])
        durations = registry.histogram(
            "firstline_rpc_duration_seconds", help: "How long RPC calls took, in seconds; streams not counted.",
            labels: ["method"])
    }

    package func record(_ call: CallRecord) {
        let ended = ended(call.method)
        if call.code == .ok { ended.ok.increment() } else { calls.increment([call.method, call.code.name]) }
        ended.durations?.observe(call.duration)
    }

    /// What is counted for one method, looked up once. Methods are bounded: a server names all that it does not serve alike.
    private func ended(_ method: String) -> Ended {
        known.withLock { known in
            if let last = known.last, last.method == method { return last }
            let ended = known.byMethod[method] ?? ended(first: method)
            known.byMethod[method] = ended
            known.last = ended
            return ended
        }
    }

    private func ended(first method: String) -> Ended {
        let isStream = method == JournalMethod.follow
        return Ended(
            method: method, ok: calls.cell([method, StatusCode.ok.name]),
            durations: isStream ? nil : durations.cell([method]))
    }

    private struct Known {
        var byMethod: [String: Ended] = [:]
        /// Most often the next call's too.
        var last: Ended?
    }

    private struct Ended {
        let method: String
        let ok: Counter.Cell
        let durations: Histogram.Cell?
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
