import Logging
import Model
import ServiceKit
import Store

/// The gateway, put together: what the process and the tests both run.
struct GatewayParts: Sendable {
    let calls: GatewayCalls
    let desk: Desk
    let server: HTTPServer

    init(
        store: Store, clock: any WallClock, logger: Logger, hub: EventHub, peers: Peers,
        metrics: MetricsRegistry = MetricsRegistry(),
        sign: @escaping @Sendable (Principal) throws -> String
    ) throws {
        let authenticator = Authenticator(store: store, clock: clock)
        let principals = PrincipalIssuer(clock: clock, sign: sign)
        calls = GatewayCalls(store: store, hub: hub)
        desk = Desk(
            peers: peers, store: store, calls: calls, hub: hub, authenticator: authenticator, logger: logger)
        let routes = desk.routes
        let dispatcher = Dispatcher(
            routes: routes, authenticator: authenticator, principals: principals, store: store, logger: logger)
        let console = Console(desk: desk, principals: principals, clock: clock, pages: try Pages(), logger: logger)
        server = HTTPServer(
            dispatcher: dispatcher, console: console,
            openAPI: JSONWriter.bytes(of: OpenAPIDocument(routes: routes).json), metrics: HTTPMetrics(metrics),
            logger: logger)
    }
}
