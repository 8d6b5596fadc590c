import HTTPTypes
import Model
import Store

extension Console {
    /// A link shows whom it signs in; only the button uses it up, so that a mail scanner that follows links does no harm.
    func signIn(_ call: HTTPCall, isRead: Bool) async throws -> Answer {
        let texts = Texts(Texts.preferred(user: "", header: call.headers[.acceptLanguage]))
        guard call.segments.count == 2 else {
            guard call.segments.count == 1, isRead else { throw Problem.notFound() }
            return page(texts, [("text", texts[.signInNeeded])], .ok)
        }
        let hash = Secret.hash(call.segments[1])
        if isRead {
            let now = clock.nowMilliseconds
            let user = try await desk.store.read { reader -> User? in
                guard let id = try reader.signInLink(hash: hash, now: now) else { return nil }
                return try reader.user(id: id)
            }
            guard let user, user.active else { return page(texts, [("text", texts[.linkUsed])], .gone) }
            return page(texts, [("name", user.name), ("action", call.path)], .ok)
        }
        // A page of another site must not sign a browser in as someone else.
        if let site = call.headers[.secFetchSite], site != "same-origin", site != "none" {
            throw Problem.forbidden("Open the link itself.")
        }
        let secret = Secret.random()
        let isSignedIn = try await desk.store.write("sign-in") { transaction -> Bool in
            guard let userID = try transaction.useSignInLink(hash: hash), let user = try transaction.user(id: userID),
                user.active
            else { return false }
            try transaction.insertSession(
                hash: Secret.hash(secret.text), userID: userID,
                expiresAt: transaction.nowMilliseconds + Authenticator.sessionMilliseconds)
            return true
        }
        guard isSignedIn else { return page(texts, [("text", texts[.linkUsed])], .gone) }
        return Answer.redirect("/").with(
            .setCookie, Self.cookie(secret.text, Authenticator.sessionMilliseconds / 1_000, call))
    }

    private func page(_ texts: Texts, _ more: [(String, String)], _ status: HTTPResponse.Status) -> Answer {
        var view: [String: Any] = ["t": texts, "title": texts[.signIn]]
        for (name, value) in more { view[name] = value }
        return .html(pages.render("sign_in", view), status)
    }

    func signOut(_ visit: ConsoleVisit) async throws -> Answer {
        if case .session(let id) = visit.identity.credential {
            try await desk.store.write("sign-out") { try $0.deleteSession(id: id) }
            desk.hub.wake()
        }
        return Answer.redirect("/sign-in").with(.setCookie, Self.cookie("", 0, visit.call))
    }

    /// Behind an ingress that speaks HTTPS the cookie never travels without it.
    private static func cookie(_ value: String, _ seconds: Int64, _ call: HTTPCall) -> String {
        let isSecure = call.headers[.forwardedProto] == "https"
        return "\(Authenticator.cookieName)=\(value); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(seconds)"
            + (isSecure ? "; Secure" : "")
    }
}
