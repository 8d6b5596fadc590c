import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Serves `/healthz`, `/readyz` and `/metrics`.
struct AdminServer {
    let config: ServiceConfig
    let readiness: any ReadinessSource
    let metrics: MetricsRegistry
    let endpoints: Endpoints
    let logger: Logger

    /// The server as a service that runs and drains with the others.
    func service() -> any Service {
        let router = Router(context: BasicRequestContext.self)
        router.get("healthz") { _, _ in Self.response(.ok, "application/json", #"{"alive":true}"#) }
        router.get("readyz") { [readiness] _, _ in
            let report = await readiness.report()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let body = String(decoding: try encoder.encode(report), as: UTF8.self)
            return Self.response(report.ready ? .ok : .serviceUnavailable, "application/json", body)
        }
        router.get("metrics") { [metrics] _, _ in
            Self.response(.ok, "text/plain; version=0.0.4; charset=utf-8", await metrics.render())
        }
        var quiet = logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        let key = "admin-listen"
        let address = config.address(key)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { [endpoints, logger] channel in
                let port = channel.localAddress?.port ?? address.port
                do {
                    try endpoints.announce("admin", HostPort(host: address.host, port: port))
                } catch {
                    logger.error("cannot write endpoints.json", metadata: ["error": "\(error)"])
                }
            },
            logger: quiet)
        return config.listening(key, application)
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body + "\n")))
    }
}
