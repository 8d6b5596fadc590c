import FirstlineTesting
import HTTPTypes
import IntakeServer
import Logging
import Model
import RPC
import ServiceKit
import Store
import Synchronization
import Wire

@testable import GatewayServer

/// A gateway on a store of its own, called without a socket; Intake beside it is the real one, or away.
struct GatewayFixture: Sendable {
    let parts: GatewayParts
    let store: Store
    let hub: EventHub
    let clock: TestClock
    let folder: TestFolder
    /// The administrator's token.
    let token: String

    /// With every peer away.
    static func with(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
        try await run(clock: TestClock(), key: SigningKey(), intake: AwayChannel(), body)
    }

    /// With the real Intake.
    static func withIntake(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
        let clock = TestClock()
        var setup = try TestService.Setup(clock: clock)
        let key = SigningKey()
        setup.key = key
        setup.arguments = ["--lmtp-listen", "127.0.0.1:0"]
        try await TestService.with(IntakeService.definition, setup) { intake in
            try await run(clock: clock, key: key, intake: try intake.channel(as: "gateway"), body)
        }
    }

    private static func run(
        clock: TestClock, key: SigningKey, intake: any CallChannel,
        _ body: @Sendable (GatewayFixture) async throws -> Void
    ) async throws {
        let folder = try TestFolder()
        let store = try Store.open(
            StoreConfiguration(
                folder: folder.path + "/gateway", service: "gateway", migrations: Schema.migrations,
                database: TestDatabase.at(folder.path + "/gateway")),
            clock: clock)
        let tokenFile = folder.path + "/admin.token"
        try await FirstStart(store: store, tokenFile: tokenFile).run()
        let hub = EventHub()
        let signer = PrincipalSigner(key: key, clock: clock)
        let parts = try GatewayParts(
            store: store, clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, hub: hub,
            peers: Peers { $0 == "intake" ? intake : AwayChannel() }, sign: signer.sign)
        let token = String(folder.read("admin.token")?.dropLast() ?? "")
        do {
            try await body(
                GatewayFixture(parts: parts, store: store, hub: hub, clock: clock, folder: folder, token: token))
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

/// What came back.
struct Reply: Sendable {
    var status: Int
    var headers: HTTPFields
    var text: String
    var json: JSONValue { (try? JSONParser.value(of: Array(text.utf8))) ?? .null }
    var code: String { json.text("code") }
    var fields: [String] { (json["violations"]?.elements ?? []).map { $0.text("field") } }
}

extension GatewayFixture {
    /// Calls the API with the administrator's token, or another.
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", token: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = headers
        let token = token ?? self.token
        if headers[.authorization] == nil, !token.isEmpty { headers[.authorization] = "Bearer \(token)" }
        if headers[.contentType] == nil, !body.isEmpty { headers[.contentType] = "application/json" }
        return try await request(method, "/api/v1" + path, body, headers)
    }

    /// Any request, as a browser would send it.
    func request(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", _ headers: HTTPFields = [:]
    ) async throws -> Reply {
        let parts = path.split(separator: "?", maxSplits: 1)
        let segments = parts[0].split(separator: "/").map { PercentEncoding.decode($0) ?? "" }
        let query = parts.count > 1 ? PercentEncoding.pairs(parts[1]) ?? [] : []
        let http = HTTPCall(
            method: method, segments: segments, path: String(parts[0]), query: query, headers: headers, body: [])
        let bytes = Array(body.utf8)
        let answer = await self.parts.server.answer(http) { limit in
            guard bytes.count <= limit else { throw Problem(.contentTooLarge, "too_large", "") }
            return bytes
        }
        switch answer.body {
        case .bytes(let bytes):
            return Reply(
                status: answer.status.code, headers: answer.headers, text: String(decoding: bytes, as: UTF8.self))
        case .stream(_, let write):
            let collected = CollectedStream()
            try await write(collected)
            return Reply(status: answer.status.code, headers: answer.headers, text: collected.text)
        }
    }

    /// A token of a new agent with that role.
    func token(_ role: String, scopes: String = "[]") async throws -> String {
        let user = try await parts.calls.createUser(
            CreateUserRequest(
                name: "Someone", email: "\(role)\(Secret.random().text.prefix(6).lowercased())@desk.example",
                role: Role(name: role) ?? .agent),
            CallContext(
                method: "firstline.v1.Gateway/CreateUser", caller: Caller(role: .admin, serviceName: "operator")))
        let made = try await call(
            .post, "/tokens", #"{"name":"t","role":"\#(role)","agent_id":\#(user.id),"scopes":\#(scopes)}"#)
        return made.json.text("token")
    }
}

/// What a streamed answer wrote.
final class CollectedStream: AnswerWriter {
    private let bytes = Mutex<[UInt8]>([])
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func write(_ bytes: [UInt8]) async throws { self.bytes.withLock { $0 += bytes } }
}

/// A peer that is not there.
struct AwayChannel: CallChannel {
    func unary(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: (UnsafeRawBufferPointer) throws(MessageError) -> Void
    ) async throws {
        throw RPCError(.unavailable, "away")
    }

    func serverStreaming(
        _ method: String, _ request: some WireMessage, _ options: CallOptions,
        _ decode: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Void,
        _ receive: @Sendable () async throws -> Void
    ) async throws {
        throw RPCError(.unavailable, "away")
    }
}
