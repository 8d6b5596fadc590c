import HTTPTypes
import Logging
import Model
import ServiceKit
import Store
import Wire

/// Takes every request of the API through the same gates: route, credential, rights, query, body, key; then its handler.
struct Dispatcher: Sendable {
    let routes: [Route]
    let authenticator: Authenticator
    let principals: PrincipalIssuer
    let store: Store
    let logger: Logger
    private let bodies = BodyRoom()

    static let prefix = "api"
    static let version = "v1"

    /// - Parameter read: reads the body up to a limit in bytes; throws 413 beyond it.
    func answer(_ head: HTTPCall, read: @Sendable (Int) async throws -> [UInt8]) async -> Answer {
        do {
            return try await serve(head, read)
        } catch {
            return refusal(error)
        }
    }

    /// The pattern of the route that a request of the API finds; nil for none.
    func pattern(of http: HTTPCall) -> String? {
        guard http.segments.starts(with: [Self.prefix, Self.version]) else { return nil }
        return (try? match(http.method, Array(http.segments.dropFirst(2))))?.0.pattern
    }

    private func serve(_ head: HTTPCall, _ read: @Sendable (Int) async throws -> [UInt8]) async throws -> Answer {
        let (route, path) = try match(head.method, Array(head.segments.dropFirst(2)))
        let http = head
        if route.isOpen { return try await route.handle(open(http, path)) }
        guard let identity = try await authenticator.identity(of: http) else {
            throw Problem.unauthenticated("A bearer token is wanted: Authorization: Bearer flt_…")
        }
        try Self.requireOwnPage(http, identity)
        for method in route.methods where !AccessPolicy.allows(identity.caller, method) {
            throw Problem.forbidden("Your role does not allow this.")
        }
        let query = try QueryReader.read(http.query, route.parameters)
        if route.matches == .wanted, http.headers[.ifMatch] == nil {
            throw Problem(.preconditionRequired, "if_match_required", "If-Match must name the version that you saw.")
        }
        try Self.requireType(http, route.body)
        let expected = BodyRoom.expected(http, limit: route.limitBytes)
        return try await bodies.holding(expected, for: identity.caller.identity) {
            var http = http
            http.body = try await read(route.limitBytes)
            return try await serve(http, route, path, query, identity)
        }
    }

    /// What comes after the body.
    private func serve(
        _ http: HTTPCall, _ route: Route, _ path: [String: String], _ query: [String: [String]], _ identity: Identity
    ) async throws -> Answer {
        if case .raw = route.body, http.body.isEmpty { throw Problem.invalid("body", "must not be empty") }
        var metadata = Metadata([(Metadata.principalKey, try principals.principal(of: identity))])
        metadata[Metadata.traceParentKey] = TraceContext.current?.description
        var call = APICall(http: http, identity: identity, path: path, query: query, metadata: metadata)
        if case .json(let name) = route.body { call.json = try Self.json(http.body, name) }
        guard route.takesIdempotencyKey, let key = try Self.idempotencyKey(http) else {
            return try await route.handle(call)
        }
        call.metadata[Metadata.idempotencyKey] = key
        guard route.remembersAnswer else { return try await route.handle(call) }
        return try await RememberedAnswers(store: store).answer(call, route: route, key: key)
    }

    // MARK: Gates

    private func match(_ method: HTTPRequest.Method, _ segments: [String]) throws -> (Route, [String: String]) {
        let there = routes.compactMap { route in Self.path(segments, route.segments).map { (route, $0) } }
        guard !there.isEmpty else { throw Problem.notFound() }
        let wanted = method == .head ? .get : method
        if let found = there.first(where: { $0.0.method == wanted }) { return found }
        let allowed = there.map { $0.0.method.rawValue }.joined(separator: ", ")
        throw Problem(
            .methodNotAllowed, "method_not_allowed", "Allowed here: \(allowed).", headers: [.allow: allowed])
    }

    /// The named segments when the path fits the pattern.
    private static func path(_ segments: [String], _ pattern: [Substring]) -> [String: String]? {
        guard segments.count == pattern.count else { return nil }
        var named: [String: String] = [:]
        for (segment, expected) in zip(segments, pattern) {
            if expected.hasPrefix("{") {
                named[String(expected.dropFirst().dropLast())] = segment
            } else if segment != expected {
                return nil
            }
        }
        return named
    }

    private func open(_ http: HTTPCall, _ path: [String: String]) -> APICall {
        let nobody = Identity(credential: .session(id: 0), caller: Caller(role: .unspecified))
        return APICall(http: http, identity: nobody, path: path, query: [:], metadata: Metadata())
    }

    /// A session's changing request must come from the console's own pages: it brings the token that only they know.
    private static func requireOwnPage(_ http: HTTPCall, _ identity: Identity) throws {
        guard let token = identity.csrfToken, http.method != .get, http.method != .head else { return }
        guard let sent = http.headers[.csrfToken], Secret.areEqual(Array(sent.utf8), Array(token.utf8)) else {
            throw Problem.forbidden("X-CSRF-Token is missing or stale; load the page again.")
        }
    }

    private static func requireType(_ http: HTTPCall, _ body: Route.Body) throws {
        let allowed: [String]
        switch body {
        case .none: return
        case .json: allowed = ["application/json"]
        case .raw(let types):
            guard !types.isEmpty else { return }
            allowed = types
        }
        guard let type = http.mediaType, allowed.contains(type) else {
            let list = allowed.joined(separator: " or ")
            throw Problem(
                .unsupportedMediaType, "unsupported_media_type", "Content-Type must be \(list).",
                headers: [.accept: list])
        }
    }

    private static func json(_ bytes: [UInt8], _ name: String) throws -> JSONValue {
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONParser.value(of: bytes)
        } catch {
            let place: [JSONMember] = [
                JSONMember(name: "line", value: .integer(Int64(error.line))),
                JSONMember(name: "column", value: .integer(Int64(error.column))),
                JSONMember(name: "offset", value: .integer(Int64(error.offset))),
            ]
            throw Problem(
                .badRequest, "malformed_json", "\(error.reason), at line \(error.line), column \(error.column)",
                extra: place)
        }
        let violations = Shape.named(name).violations(in: value)
        guard violations.isEmpty else { throw Problem.invalid(violations) }
        return value
    }

    /// 1 to 255 printable characters of ASCII.
    private static func idempotencyKey(_ http: HTTPCall) throws -> String? {
        guard let key = http.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem.invalid("Idempotency-Key", "must be 1 to 255 printable characters without spaces")
        }
        return key
    }

    // MARK: Refusals

    func refusal(_ error: any Error) -> Answer {
        switch error {
        case let problem as Problem: return problem.answer
        case let error as RPCError:
            let problem = Problem(error)
            if problem.status.code >= 500 {
                logger.warning("call to an owner failed", metadata: ["error": "\(error)"])
            }
            return problem.answer
        case let error as InvalidRequest: return Problem.invalid(error.violations).answer
        case StoreError.idempotencyConflict: return RememberedAnswers.conflict.answer
        case StoreError.full:
            return Problem(Problem.insufficientStorage, "storage_full", "There is no space left.").answer
        case StoreError.overloaded, StoreError.busy, StoreError.closed:
            return Problem(.serviceUnavailable, "not_here", "Try again.", headers: [.retryAfter: "1"]).answer
        default:
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Problem(.internalServerError, "internal", "Something went wrong here; the log tells more.").answer
        }
    }
}
