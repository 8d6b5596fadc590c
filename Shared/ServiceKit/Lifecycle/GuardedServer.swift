import Logging
import Model
import RPC
import Wire

/// A service's RPC port: whoever calls is authenticated, asked for in Model's table of who may call what, counted and traced.
struct GuardedServer {
    let config: ServiceConfig
    let files: ServiceFiles
    let metrics: MetricsRegistry
    let logger: Logger

    /// Starts to listen where `--listen` says.
    /// - Parameters:
    ///   - readiness: what health tells.
    ///   - draining: set when the server drains.
    ///   - unserved: what a call of a method that is not served is told; UNIMPLEMENTED by default.
    func bind(
        _ handlers: [any ServiceHandler], readiness: any ReadinessSource, draining: Signal,
        unserved: (@Sendable () -> RPCError)? = nil
    ) async throws -> RPCServer {
        var handlers = handlers + [HealthService(readiness: readiness)]
        let reflection = ReflectionService(handlers)
        handlers.append(reflection)
        let standardReflection = try StandardReflection(reflection.services + [StandardHealth.serviceName])
        handlers.append(
            StandardHealth(readiness: readiness, services: Set(standardReflection.services), draining: draining))
        let authentication = CallerAuthentication(verifier: files.verifier, trustsLoopback: files.tls == nil)
        let calls = CallMetrics(metrics)
        let limits = try RPCLimits(config)
        return try await config.listening("listen") { [handlers, logger, files] address in
            try await RPCServer.bind(
                host: address.host, port: address.port, handlers: [GuardedHandlers(handlers: handlers, logger: logger)],
                exchanges: standardReflection.methods, tls: files.tls, limits: limits, logger: logger,
                observe: calls.record, unserved: unserved, authenticate: authentication.caller,
                authorize: { caller, method in
                    guard AccessPolicy.allows(caller, method) else {
                        throw RPCError.forbidden("\(method) is not allowed to \(caller.role.name)")
                    }
                })
        }
    }
}
