import FirstlineTesting
import HTTPTypes
import Model
import RPC
import ServiceKit
import Store
import Testing
import Wire

@testable import GatewayServer

struct AccountTests {
    @Test("The first start makes one administrator and a token that only its owner can read")
    func firstStart() async throws {
        try await GatewayFixture.with { desk in
            #expect(desk.token.count == 47 && desk.token.hasPrefix("flt_"))
            #expect(try permissions(desk.folder.path + "/admin.token") == 0o600)
            try await FirstStart(store: desk.store, tokenFile: desk.folder.path + "/admin.token").run()
            #expect(try await desk.store.read { try $0.users(after: 0, limit: 10) }.count == 1)
            #expect(try await desk.store.read { try $0.tokens(after: 0, limit: 10) }.count == 1)
            #expect(try await desk.call(.get, "/me").json.text("role") == "admin")
        }
    }

    @Test("A token file that was lost is made again, and the lost token no longer counts")
    func lostTokenFile() async throws {
        try await GatewayFixture.with { desk in
            let other = desk.folder.path + "/other.token"
            try await FirstStart(store: desk.store, tokenFile: other).run()
            if TestDatabase.isPostgres {
                // Another instance's folder lacks the file, and the token in the first one's goes on to count.
                #expect(desk.folder.read("other.token") == nil)
                #expect(try await desk.call(.get, "/me").status == 200)
                return
            }
            #expect(try await desk.call(.get, "/me").status == 401)
            let new = desk.folder.read("other.token")?.dropLast() ?? ""
            #expect(try await desk.call(.get, "/me", token: String(new)).status == 200)
        }
    }

    @Test("A token is told once, kept as a hash, and gone when revoked")
    func tokenLife() async throws {
        try await GatewayFixture.with { desk in
            let made = try await desk.call(.post, "/tokens", #"{"name":"robot","role":"agent"}"#)
            #expect(made.status == 201)
            let text = made.json.text("token")
            #expect(try await desk.call(.get, "/me", token: text).json.text("role") == "agent")
            let listed = try await desk.call(.get, "/tokens")
            #expect(!listed.text.contains(text))
            #expect(listed.json["items"]?.elements?.contains { $0["token"] != nil } == false)
            #expect(try await desk.call(.delete, "/tokens/\(made.json.id("id"))").status == 204)
            #expect(try await desk.call(.get, "/me", token: text).status == 401)
        }
    }

    @Test("A repeated creation under one key tells the same token, and the store never holds it")
    func tokenUnderKey() async throws {
        try await GatewayFixture.with { desk in
            let body = #"{"name":"robot","role":"agent"}"#
            let first = try await desk.call(.post, "/tokens", body, headers: [.idempotencyKey: "k1"])
            let again = try await desk.call(.post, "/tokens", body, headers: [.idempotencyKey: "k1"])
            #expect(first.status == 201 && first.text == again.text)
            #expect(try await desk.call(.get, "/me", token: first.json.text("token")).status == 200)
            let other = try await desk.call(
                .post, "/tokens", #"{"name":"other","role":"agent"}"#, headers: [.idempotencyKey: "k1"])
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            let secret = try #require(Base64URL.decode(first.json.text("token").dropFirst(4)))
            let kept = try await desk.store.read { reader in
                try reader.rows("SELECT * FROM \(Self.idempotencyTable)").flatMap(\.values)
            }
            #expect(!kept.isEmpty)
            for case .blob(let bytes) in kept {
                #expect(!String(decoding: bytes, as: UTF8.self).contains(Base64URL.encode(secret)))
            }
        }
    }

    private static let idempotencyTable = "idempotency_key"

    @Test("A token never allows more than its user may by now")
    func demoted() async throws {
        try await GatewayFixture.with { desk in
            let token = try await desk.token("admin")
            let me = try await desk.call(.get, "/me", token: token)
            #expect(me.json.text("role") == "admin")
            let path = "/agents/\(me.json.id("user_id"))"
            // Routing is away, but who a user is stands here.
            _ = try await desk.call(.patch, path, #"{"role":"agent"}"#)
            #expect(try await desk.call(.get, "/me", token: token).json.text("role") == "agent")
            _ = try await desk.call(.patch, path, #"{"active":false}"#)
            #expect(try await desk.call(.get, "/me", token: token).status == 401)
        }
    }

    @Test("The last administrator stays")
    func lastAdministrator() async throws {
        try await GatewayFixture.with { desk in
            let removed = try await desk.call(.delete, "/agents/1")
            #expect(removed.code == "last_administrator")
            let demoted = try await desk.call(.patch, "/agents/1", #"{"role":"lead"}"#)
            #expect(demoted.status == 409)
        }
    }

    @Test("Two users cannot have one address, whatever its case")
    func addresses() async throws {
        try await GatewayFixture.with { desk in
            let taken = try await desk.call(.post, "/agents", #"{"name":"B","email":"ADMIN@localhost"}"#)
            #expect(taken.status == 409 && taken.fields == ["email"])
        }
    }

    @Test("The gateway's own calls work over RPC, and journal what became of a user")
    func overRPC() async throws {
        var setup = try TestService.Setup()
        setup.arguments = [
            "--http-listen", "127.0.0.1:0", "--principal-signing-key",
            try setup.folder.write(setup.key.pem, to: "principal.key"),
        ]
        try await TestService.with(GatewayServer.definition, setup) { service in
            let gateway = GatewayClient(try service.channel())
            let user = try await gateway.createUser(
                CreateUserRequest(name: "Ada", email: "Ada@Desk.Example", role: .lead))
            #expect(user.email == "ada@desk.example" && user.active)
            let created = try await gateway.createToken(CreateTokenRequest(name: "cli", role: .admin))
            #expect(created.info?.userID == 1)
            let link = try await gateway.createSignInLink(CreateSignInLinkRequest())
            #expect(link.path.hasPrefix("/sign-in/"))
            let entries = try await service.store.read { try $0.entries(after: 0, limit: 10) }
            #expect(entries.map(\.kind) == ["UserChanged", "UserChanged"])
            var http = service.running.endpoints.address("http")
            let deadline = ContinuousClock.now + .seconds(10)
            while http == nil && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(10))
                http = service.running.endpoints.address("http")
            }
            let page = try await TestHTTP.get("/api/v1/openapi.json", at: try #require(http))
            #expect(page.status == 200 && page.head.lowercased().contains("x-content-type-options: nosniff"))
        }
    }
}

private func permissions(_ path: String) throws -> UInt32 {
    try FilePermissions.of(path)
}
