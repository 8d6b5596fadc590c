import HTTPTypes
import ServiceKit

/// Counts and times what the gateway has answered over HTTP.
struct HTTPMetrics: Sendable {
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .patch, .put, .delete, .options]

    private let requests: Counter
    private let seconds: Histogram

    init(_ registry: MetricsRegistry) {
        requests = registry.counter(
            "firstline_http_requests_total", help: "HTTP requests answered.", labels: ["method", "status"])
        seconds = registry.histogram(
            "firstline_http_duration_seconds",
            help: "How long answers took to begin; the time to send them not counted.")
    }

    /// - Parameter method: what a client made up itself is counted under one name.
    func count(_ method: HTTPRequest.Method, _ status: HTTPResponse.Status, took: Duration) {
        requests.increment([Self.methods.contains(method) ? method.rawValue : "other", String(status.code)])
        seconds.observe(took)
    }
}
