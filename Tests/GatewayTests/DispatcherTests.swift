import HTTPTypes
import Model
import Testing

@testable import GatewayServer

struct DispatcherTests {
    @Test(
        "Who brings no valid token is told how to",
        arguments: [
            "", "Bearer", "Bearer flt_short", "Basic YTpi", "Bearer flt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ])
    func unauthenticated(header: String) async throws {
        try await GatewayFixture.with { desk in
            let headers: HTTPFields = header.isEmpty ? [:] : [.authorization: header]
            let reply = try await desk.request(.get, "/api/v1/me", "", headers)
            #expect(reply.status == 401 && reply.code == "unauthenticated")
            #expect(reply.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
            #expect(reply.headers[.contentType] == "application/problem+json")
        }
    }

    @Test("Every answer names its trace: the request's where it brings one, else a new one")
    func traces() async throws {
        try await GatewayFixture.with { desk in
            let id = "0af7651916cd43dd8448eb211c80319c"
            let headers: HTTPFields = [.traceParent: "00-\(id)-b7ad6b7169203331-01"]
            for path in ["/api/v1/me", "/api/v1/nothing", "/sign-in", "/api/v1/openapi.json"] {
                let known = try await desk.request(.get, path, "", headers)
                #expect(known.headers[.traceParent].flatMap { TraceParent($0) }?.traceID == id)
                let new = try await desk.request(.get, path)
                #expect(new.headers[.traceParent].flatMap { TraceParent($0) } != nil)
            }
        }
    }

    @Test("A path that is not there is 404; a method that is not there is 405 and names those that are")
    func paths() async throws {
        try await GatewayFixture.with { desk in
            #expect(try await desk.call(.get, "/nothing").status == 404)
            #expect(try await desk.call(.get, "/agents/0").status == 404)
            #expect(try await desk.call(.get, "/agents/1x").status == 404)
            #expect(try await desk.call(.get, "/agents/9007199254740993").status == 404)
            #expect(try await desk.request(.get, "/api/v2/me").status == 404)
            let reply = try await desk.call(.put, "/tickets/1", "{}")
            #expect(reply.status == 405 && reply.headers[.allow] == "GET, PATCH")
        }
    }

    @Test("A body is refused by its type, its text, its size, its fields: each by its own status")
    func bodies() async throws {
        try await GatewayFixture.with { desk in
            let body = #"{"name":"t","role":"agent"}"#
            let type = try await desk.call(.post, "/tokens", body, headers: [.contentType: "text/plain"])
            #expect(type.status == 415)
            let charset = try await desk.call(
                .post, "/tokens", body, headers: [.contentType: "application/json; charset=utf-8"])
            #expect(charset.status == 201)
            let text = try await desk.call(.post, "/tokens", "{\"name\":\n oops}")
            #expect(text.status == 400 && text.code == "malformed_json")
            #expect(text.json["line"]?.integer == 2 && text.json["column"]?.integer == 2)
            let fields = try await desk.call(.post, "/tokens", #"{"name":"t","role":"king","sceptre":true}"#)
            #expect(fields.status == 422 && fields.code == "invalid_field")
            #expect(Set(fields.fields) == ["role", "sceptre"])
            let size = try await desk.call(.post, "/tokens", String(repeating: " ", count: Route.jsonLimitBytes + 1))
            #expect(size.status == 413)
        }
    }

    @Test(
        "Parameters of the query are checked by name and value",
        arguments: [
            ("limit=0", ["limit"]), ("limit=201", ["limit"]), ("limit=x", ["limit"]), ("colour=red", ["colour"]),
            ("limit=1&limit=2", ["limit"]), ("cursor=zzz", ["cursor"]),
        ])
    func query(query: String, fields: [String]) async throws {
        try await GatewayFixture.with { desk in
            let reply = try await desk.call(.get, "/tokens?\(query)")
            #expect(reply.status == 422 && reply.fields == fields)
        }
    }

    @Test("A change without If-Match is 428, before anything else is looked at")
    func ifMatch() async throws {
        try await GatewayFixture.with { desk in
            let reply = try await desk.call(.patch, "/tickets/1", "{")
            #expect(reply.status == 428 && reply.code == "if_match_required")
        }
    }

    @Test("An owner that is away is 503, and who can go on without it does, marked")
    func away() async throws {
        try await GatewayFixture.with { desk in
            let reply = try await desk.call(.get, "/tickets")
            #expect(reply.status == 503 && reply.code == "not_here" && reply.headers[.retryAfter] != nil)
            let agents = try await desk.call(.get, "/agents")
            #expect(agents.status == 200 && agents.headers[.stale] == "routing")
            #expect(agents.json["items"]?.elements?.first?["tier"] == .null)
        }
    }

    @Test("A key that no header may carry is refused", arguments: ["a b", "", String(repeating: "k", count: 256)])
    func badKey(key: String) async throws {
        try await GatewayFixture.with { desk in
            let reply = try await desk.call(
                .post, "/tokens", #"{"name":"t","role":"agent"}"#, headers: [.idempotencyKey: key])
            #expect(reply.status == 422 && reply.fields == ["Idempotency-Key"])
        }
    }

    @Test(
        "What the gateway itself decides, it decides by role",
        arguments: [
            ("agent", HTTPRequest.Method.get, "/agents", 200), ("agent", .get, "/tokens", 403),
            ("agent", .post, "/tokens", 403),
            ("agent", .get, "/tokens/1", 403), ("agent", .delete, "/tokens/1", 403), ("agent", .post, "/agents", 403),
            ("agent", .delete, "/agents/1", 403), ("lead", .get, "/tokens", 403), ("lead", .post, "/agents", 403),
            ("lead", .get, "/agents/1", 200), ("admin", .get, "/tokens", 200), ("admin", .get, "/tokens/1", 200),
        ])
    func roles(role: String, method: HTTPRequest.Method, path: String, status: Int) async throws {
        try await GatewayFixture.with { desk in
            let token = try await desk.token(role)
            #expect(try await desk.call(method, path, token: token).status == status)
        }
    }

    @Test("A token that may only read changes nothing")
    func scopes() async throws {
        try await GatewayFixture.with { desk in
            let token = try await desk.token("admin", scopes: #"["read"]"#)
            #expect(try await desk.call(.get, "/tokens", token: token).status == 200)
            let body = #"{"name":"t","role":"agent"}"#
            #expect(try await desk.call(.post, "/tokens", body, token: token).status == 403)
        }
    }
}
