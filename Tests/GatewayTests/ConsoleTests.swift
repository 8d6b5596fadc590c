import FirstlineTesting
import HTTPTypes
import Model
import Testing
import Wire

@testable import GatewayServer

struct ConsoleTests {
    private static let form: HTTPFields = [
        .contentType: "application/x-www-form-urlencoded", .secFetchSite: "same-origin",
    ]

    private func link(_ desk: GatewayFixture) async throws -> String { try await desk.signInLink() }

    /// Signs in; answers the cookie and the token of its forms.
    private func session(_ desk: GatewayFixture) async throws -> (cookie: HTTPFields, csrf: String) {
        let session = try await desk.session()
        return (session.cookie, session.csrf)
    }

    @Test("A link signs in once: looking at it does not use it up, and it ends")
    func links() async throws {
        try await GatewayFixture.with { desk in
            let path = try await link(desk)
            for _ in 1...2 {
                let page = try await desk.request(.get, path)
                #expect(page.status == 200 && page.text.contains("Administrator"))
            }
            let cross = try await desk.request(.post, path, "", [.secFetchSite: "cross-site"])
            #expect(cross.status == 403)
            let signedIn = try await desk.request(.post, path, "", Self.form)
            #expect(signedIn.status == 303)
            let cookie = signedIn.headers[.setCookie] ?? ""
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"))
            #expect(try await desk.request(.post, path, "", Self.form).status == 410)
            #expect(try await desk.request(.get, path).status == 410)
            let late = try await link(desk)
            desk.clock.advance(by: .seconds(86_401))
            #expect(try await desk.request(.get, late).status == 410)
            #expect(try await desk.request(.post, late, "", Self.form).status == 410)
        }
    }

    @Test("Behind HTTPS the cookie never travels without it")
    func secureCookie() async throws {
        try await GatewayFixture.with { desk in
            var headers = Self.form
            headers[.forwardedProto] = "https"
            let reply = try await desk.request(.post, try await link(desk), "", headers)
            #expect(reply.headers[.setCookie]?.contains("; Secure") == true)
        }
    }

    @Test("Nobody sees a page without a session, nor changes anything without the page's token")
    func csrf() async throws {
        try await GatewayFixture.withIntake { desk in
            #expect(try await desk.request(.get, "/").headers[.location] == "/sign-in")
            #expect(try await desk.request(.get, "/tickets/1").headers[.location] == "/sign-in")
            let (cookie, csrf) = try await session(desk)
            #expect(try await desk.request(.get, "/", "", cookie).status == 200)
            var form = cookie
            form[.contentType] = "application/x-www-form-urlencoded"
            #expect(try await desk.request(.post, "/sign-out", "csrf=wrong", form).status == 403)
            // The same holds for the API when a session calls it.
            var api = cookie
            api[.contentType] = "application/json"
            let body = #"{"name":"t","role":"agent"}"#
            #expect(try await desk.request(.get, "/api/v1/me", "", api).status == 200)
            #expect(try await desk.request(.post, "/api/v1/tokens", body, api).status == 403)
            api[.csrfToken] = csrf
            #expect(try await desk.request(.post, "/api/v1/tokens", body, api).status == 201)
            #expect(try await desk.request(.post, "/sign-out", "csrf=\(csrf)", form).status == 303)
            #expect(try await desk.request(.get, "/", "", cookie).headers[.location] == "/sign-in")
        }
    }

    @Test("What strangers wrote is shown, and never becomes markup")
    func escaping() async throws {
        try await GatewayFixture.withIntake { desk in
            let evil =
                #"{"subject":"<script>alert(1)</script>","body":"</textarea><img src=x onerror=alert(2)>","requester":{"email":"eve@example.org","name":"\"><b>Eve"}}"#
            _ = try await desk.call(.post, "/tickets", evil)
            let (cookie, _) = try await session(desk)
            for path in ["/?view=open", "/tickets/1", "/?q=alert"] {
                let page = try await desk.request(.get, path, "", cookie)
                #expect(page.status == 200)
                #expect(
                    !page.text.contains("<script>alert") && !page.text.contains("<img src=x")
                        && !page.text.contains("<b>Eve"))
                #expect(page.headers[.securityPolicy]?.hasPrefix("default-src 'none'; script-src 'self'") == true)
            }
        }
    }

    @Test("A reply is sent once; when someone was quicker, or nothing was written, the page comes back with the draft")
    func replies() async throws {
        try await GatewayFixture.withIntake { desk in
            _ = try await desk.call(
                .post, "/tickets", #"{"subject":"S","body":"B","requester":{"email":"eve@example.org"}}"#)
            let (cookie, csrf) = try await session(desk)
            var form = cookie
            form[.contentType] = "application/x-www-form-urlencoded"
            let reply = "csrf=\(csrf)&key=k1&seen=1&version=1&visibility=public&next=pending&body=Hello+there"
            let sent = try await desk.request(.post, "/tickets/1/reply", reply, form)
            #expect(sent.status == 303)
            // A second click changes nothing.
            #expect(try await desk.request(.post, "/tickets/1/reply", reply, form).status == 303)
            #expect(try await desk.call(.get, "/tickets/1").json["message_count"]?.integer == 2)
            let stale = try await desk.request(
                .post, "/tickets/1/reply", reply.replacing("k1", with: "k2").replacing("Hello", with: "Again"), form)
            #expect(stale.status == 412 && stale.text.contains("Again there</textarea>"))
            let empty = try await desk.request(.post, "/tickets/1/reply", "csrf=\(csrf)&key=k3&seen=2&body=+", form)
            #expect(empty.status == 422)
        }
    }

    @Test("Only changed properties are saved; on a conflict they stay, beside what stands there now, with the draft")
    func properties() async throws {
        try await GatewayFixture.withIntake { desk in
            _ = try await desk.call(
                .post, "/tickets", #"{"subject":"S","body":"B","requester":{"email":"eve@example.org"}}"#)
            let (cookie, csrf) = try await session(desk)
            var form = cookie
            form[.contentType] = "application/x-www-form-urlencoded"
            let edit =
                "csrf=\(csrf)&key=k&version=1&was_priority=normal&priority=high&was_type=question&type=question&body=Draft"
            let saved = try await desk.request(.post, "/tickets/1/properties", edit, form)
            #expect(saved.status == 200 && saved.text.contains("Draft</textarea>"))
            #expect(try await desk.call(.get, "/tickets/1").json.text("priority") == "high")
            let other = "csrf=\(csrf)&key=k2&version=1&was_priority=normal&priority=urgent&body=Mine"
            let conflict = try await desk.request(.post, "/tickets/1/properties", other, form)
            #expect(conflict.status == 412 && conflict.text.contains("Mine</textarea>"))
            #expect(conflict.text.contains("<option value=\"urgent\" selected>"))
            #expect(try await desk.call(.get, "/tickets/1").json.text("priority") == "high")
        }
    }

    @Test("Every text stands in every language")
    func texts() {
        for texts in [Texts.english, Texts.russian, Texts.greek, Texts.polish] {
            #expect(Set(texts.keys) == Set(TextKey.allCases))
            #expect(texts.values.allSatisfy { !$0.isEmpty })
        }
    }

    @Test(
        "The reader's language is the user's own, else the browser's best",
        arguments: [
            ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("el", "ru", "el"), ("", "de, pl;q=0.3, en;q=0.2", "pl"),
            ("", "en;q=0.1, el;q=0.9", "el"), ("", "de", "en"), ("xx", "", "en"), ("", "pl;q=0, ru;q=0.1", "ru"),
        ])
    func languages(user: String, header: String, wanted: String) {
        #expect(Texts.preferred(user: user, header: header) == wanted)
    }

    @Test("Every asset that a page names is there")
    func assets() async throws {
        try await GatewayFixture.withIntake { desk in
            let (cookie, _) = try await session(desk)
            let page = try await desk.request(.get, "/", "", cookie)
            let names = page.text.matches(of: /\/assets\/[a-z_.]+/).map { String($0.output) }
            #expect(names.count >= 3)
            for name in names + [
                "/assets/live.js", "/assets/times.js", "/assets/draft.js", "/assets/upload.js", "/assets/docs.js",
            ] {
                let asset = try await desk.request(.get, name)
                #expect(asset.status == 200 && !asset.text.isEmpty)
                let again = try await desk.request(.get, name, "", [.ifNoneMatch: asset.headers[.eTag] ?? ""])
                #expect(again.status == 304)
            }
        }
    }
}
