import HTTPTypes
import Model
import Wire

@testable import GatewayServer

/// A browser that is signed in to the console.
struct ConsoleSession: Sendable {
    let desk: GatewayFixture
    let cookie: HTTPFields
    /// The token of its forms.
    let csrf: String

    func get(_ path: String) async throws -> Reply { try await desk.request(.get, path, "", cookie) }

    /// Sends a form.
    func post(_ path: String, _ fields: [(String, String)]) async throws -> Reply {
        var headers = cookie
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = ([("csrf", csrf)] + fields).map { "\($0)=\(ContentDisposition.percentEncoded($1))" }
        return try await desk.request(.post, path, body.joined(separator: "&"), headers)
    }
}

extension GatewayFixture {
    private static let operatorCaller = Caller(role: .admin, serviceName: "operator")

    /// - Parameter userID: 0 for the first administrator.
    func signInLink(_ userID: Int64 = 0) async throws -> String {
        let context = CallContext(method: "", caller: Self.operatorCaller)
        return try await parts.calls.createSignInLink(CreateSignInLinkRequest(userID: userID), context).path
    }

    func session(_ userID: Int64 = 0) async throws -> ConsoleSession {
        let form: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded", .secFetchSite: "same-origin",
        ]
        let reply = try await request(.post, try await signInLink(userID), "", form)
        let cookie = String((reply.headers[.setCookie] ?? "").prefix { $0 != ";" })
        let secret = String(cookie.split(separator: "=")[1])
        return ConsoleSession(
            desk: self, cookie: [.cookie: cookie], csrf: Authenticator.csrfToken(ofSession: secret))
    }

    /// Signs a new user of that role in.
    func session(_ role: Role) async throws -> ConsoleSession {
        let user = try await parts.calls.createUser(
            CreateUserRequest(name: "Some \(role.name)", email: "\(role.name)@desk.example", role: role),
            CallContext(method: "firstline.v1.Gateway/CreateUser", caller: Self.operatorCaller))
        return try await session(user.id)
    }

    /// Opens a ticket; answers its id.
    @discardableResult
    func ticket(_ subject: String, from email: String) async throws -> Int64 {
        let body = #"{"subject":"\#(subject)","body":"B","requester":{"email":"\#(email)"}}"#
        return try await call(.post, "/tickets", body).json["id"]?.integer ?? 0
    }
}
