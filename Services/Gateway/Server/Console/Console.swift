import HTTPTypes
import Logging
import Model
import Mustache
import ServiceKit
import Store
import Wire

/// The agents' console: pages made on the server, which work without any script.
struct Console: Sendable {
    let desk: Desk
    let principals: PrincipalIssuer
    let clock: any WallClock
    let pages: Pages
    let logger: Logger

    /// The first segments of its paths.
    static let areas = ["assets", "presence", "settings", "sign-in", "sign-out", "survey", "tickets"]
    static let formLimitBytes = 4 * 1_024 * 1_024
    static let securityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'"

    func answer(_ call: HTTPCall, read: @Sendable (Int) async throws -> [UInt8]) async -> Answer {
        var answer: Answer
        do {
            answer = try await serve(call, read)
        } catch {
            answer = refusal(error, call)
        }
        if answer.headers[.securityPolicy] == nil { answer.headers[.securityPolicy] = Self.securityPolicy }
        answer.headers[.openerPolicy] = "same-origin"
        answer.headers[.resourcePolicy] = "same-origin"
        return answer
    }

    private func serve(_ call: HTTPCall, _ read: @Sendable (Int) async throws -> [UInt8]) async throws -> Answer {
        let isRead = call.method == .get || call.method == .head
        guard isRead || call.method == .post else {
            throw Problem(.methodNotAllowed, "method_not_allowed", "", headers: [.allow: "GET, POST"])
        }
        let path = call.segments
        if isRead, path.count == 2, path[0] == "assets" { return try Assets.answer(path[1], call) }
        if path.first == "sign-in" { return try await signIn(call, isRead: isRead) }
        if path.first == "survey" { return try await survey(call, isRead: isRead, read) }
        guard let visit = try await visit(call) else { return .redirect("/sign-in") }
        // Nobody but those signed in makes us hold a form.
        let form = isRead ? Form() : try Form(await read(Self.formLimitBytes), call)
        if !isRead, !visit.accepts(form) { throw Problem(.forbidden, "page_stale", visit.texts[.pageStale]) }
        switch (isRead, path.count, path.first) {
        case (true, 0, _): return try await queue(visit)
        case (false, 1, "sign-out"): return try await signOut(visit)
        case (false, 1, "presence"): return try await setPresence(visit, form)
        case (true, 2, "tickets"): return try await ticket(visit, try Self.id(path[1]))
        case (_, _, "settings"): return try await settings(visit, form, isRead: isRead)
        case (true, 3, "tickets") where path[2] == "merge": return try await askToMerge(visit, try Self.id(path[1]))
        case (true, 5, "tickets") where path[2] == "messages" && path[4] == "view":
            return try await formatted(visit, try Self.id(path[1]), messageID: try Self.id(path[3]))
        case (false, 3, "tickets"): return try await work(visit, form, try Self.id(path[1]), path[2])
        default: throw Problem.notFound()
        }
    }

    /// What is done on a ticket's page.
    private func work(_ visit: ConsoleVisit, _ form: Form, _ id: Int64, _ action: String) async throws -> Answer {
        switch action {
        case "reply": return try await reply(visit, form, id)
        case "properties": return try await changeProperties(visit, form, id)
        case "participants": return try await changeParticipants(visit, form, id)
        // Enter in a field beside the reply: it does what the field is for, and never sends what is being written.
        case "side":
            return form["participant"].isEmpty
                ? try await changeProperties(visit, form, id) : try await changeParticipants(visit, form, id)
        case "merge": return try await merge(visit, form, id)
        default: throw Problem.notFound()
        }
    }

    static func id(_ text: String) throws -> Int64 {
        guard let id = Int64(text), id > 0, String(id) == text else { throw Problem.notFound() }
        return id
    }

    /// The signed-in visitor; nil for nobody.
    private func visit(_ call: HTTPCall) async throws -> ConsoleVisit? {
        guard let secret = call.cookie(Authenticator.cookieName) else { return nil }
        var cookies = call
        cookies.headers[.authorization] = nil
        guard let identity = try await desk.authenticator.identity(of: cookies), let user = identity.user else {
            return nil
        }
        var metadata = Metadata([(Metadata.principalKey, try principals.principal(of: identity))])
        metadata[Metadata.traceParentKey] = TraceContext.current?.description
        let language = Texts.preferred(user: user.language, header: call.headers[.acceptLanguage])
        return ConsoleVisit(
            call: call, identity: identity, user: user, texts: Texts(language),
            csrfToken: Authenticator.csrfToken(ofSession: secret),
            metadata: metadata,
            now: clock.nowMilliseconds)
    }

    /// The page of the API's reference.
    func docs(_ call: HTTPCall) -> Answer {
        .html(pages.render("docs", [:])).with(.securityPolicy, Self.securityPolicy)
    }

    private func refusal(_ error: any Error, _ call: HTTPCall) -> Answer {
        let texts = Texts(Texts.preferred(user: "", header: call.headers[.acceptLanguage]))
        let problem: Problem
        switch error {
        case let known as Problem: problem = known
        case let known as RPCError: problem = Problem(known)
        default:
            logger.error("page failed", metadata: ["error": "\(error)"])
            problem = Problem(.internalServerError, "internal", "")
        }
        let text =
            switch problem.status.code {
            case 404: texts[.notFound]
            case 502...504: texts[.away]
            default: problem.detail
            }
        let view: [String: Any] = ["t": texts, "title": texts[.failed], "text": text]
        var answer = Answer.html(pages.render("notice", view), problem.status)
        for header in problem.headers { answer.headers[header.name] = header.value }
        return answer
    }
}
