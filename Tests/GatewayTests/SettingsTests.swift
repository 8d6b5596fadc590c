import HTTPTypes
import Model
import Testing

@testable import GatewayServer

@Suite("The pages of settings")
struct SettingsTests {
    @Test(
        "A page is offered to whom its owner lets see it, and refused to others",
        arguments: [(Role.agent, 403), (.lead, 200), (.admin, 200)])
    func rights(role: Role, blocked: Int) async throws {
        try await GatewayFixture.withIntake { desk in
            let one = try await desk.session(role)
            #expect(try await one.get("/settings").headers[.location] == "/settings/profile")
            let profile = try await one.get("/settings/profile")
            #expect(profile.status == 200)
            for page in ["blocked", "suspended"] {
                #expect(profile.text.contains("/settings/\(page)\"") == (blocked == 200))
                #expect(try await one.get("/settings/\(page)").status == blocked)
            }
            #expect(
                try await one.post("/settings/blocked", [("sender", "a@b.example")]).status
                    == (blocked == 200 ? 303 : 403))
            #expect(try await one.get("/settings/nothing").status == 404)
            // Notification is away here.
            #expect(try await one.get("/settings/suppressions").status == 503)
            let mailbox = try await one.get("/settings/mailboxes/1")
            #expect(mailbox.status == 200 && mailbox.text.contains("required disabled") == (role != .admin))
            let saved = try await one.post("/settings/mailboxes/1", [("was_name", "x"), ("name", "Mine")])
            #expect(saved.status == (role == .admin ? 303 : 403))
        }
    }

    @Test("Nobody comes there without a session, and a form without its token changes nothing")
    func sessions() async throws {
        try await GatewayFixture.withIntake { desk in
            #expect(try await desk.request(.get, "/settings/blocked").headers[.location] == "/sign-in")
            let admin = try await desk.session()
            let stranger = ConsoleSession(desk: desk, cookie: admin.cookie, csrf: "wrong")
            #expect(try await stranger.post("/settings/blocked", [("sender", "eve@example.org")]).status == 403)
            #expect(!(try await admin.get("/settings/blocked").text.contains("eve@example.org")))
        }
    }

    @Test("A ticket's page leads to its sender's block; one is blocked with a reason, once, and unblocked")
    func blocking() async throws {
        try await GatewayFixture.withIntake { desk in
            try await desk.ticket("S", from: "eve+x@example.org")
            let lead = try await desk.session(.lead)
            let link = "/settings/blocked?sender=eve%2Bx%40example.org&amp;reason=Ticket%20%231"
            #expect(try await lead.get("/tickets/1").text.contains(link))
            #expect(!(try await desk.session(.agent).get("/tickets/1").text.contains("/settings/blocked")))
            let filled = try await lead.get(link.replacing("&amp;", with: "&"))
            #expect(filled.text.contains("value=\"eve+x@example.org\"") && filled.text.contains("Nobody is blocked"))
            let form = [("sender", "eve+x@example.org"), ("reason", "<i>spam"), ("key", "k")]
            for _ in 1...2 { #expect(try await lead.post("/settings/blocked", form).status == 303) }
            let list = try await lead.get("/settings/blocked?done=added").text
            #expect(list.contains("&lt;i&gt;spam") && list.contains("Some lead") && list.contains("Added."))
            let wrong = try await lead.post("/settings/blocked", [("sender", "com"), ("reason", "r"), ("key", "l")])
            #expect(wrong.status == 422 && wrong.text.contains("is neither an email address nor a domain"))
            #expect(wrong.text.contains("aria-describedby=\"fault-sender hint-sender\" aria-invalid=\"true\""))
            #expect(wrong.text.contains("value=\"com\"") && wrong.text.contains("value=\"r\""))
            for _ in 1...2 { #expect(try await lead.post("/settings/blocked/1/remove", []).status == 303) }
            #expect(try await lead.get("/settings/blocked").text.contains("Nobody is blocked"))
        }
    }

    @Test("Mail of a blocked sender is listed with its raw source, and leads to the block of its own address")
    func suspended() async throws {
        try await GatewayFixture.withIntake { desk in
            let lead = try await desk.session(.lead)
            _ = try await lead.post("/settings/blocked", [("sender", "example.org"), ("key", "k")])
            let mail = "From: eve@example.org\r\nSubject: <Win>\r\n\r\nNow"
            _ = try await desk.call(.post, "/mail", mail, headers: [.contentType: "message/rfc822"])
            let page = try await lead.get("/settings/suspended").text
            #expect(page.contains("&lt;Win&gt;") && page.contains("Blocked senders: <bdi>example.org</bdi>"))
            #expect(page.contains("/settings/blocked?sender=eve%40example.org"))
            let source = try await lead.get("/api/v1/suspended_mails/1/source")
            #expect(source.status == 200 && source.text == mail)
        }
    }

    @Test("An agent sets their own signature, and is told what is wrong with it")
    func signature() async throws {
        try await GatewayFixture.withIntake { desk in
            let agent = try await desk.session(.agent)
            let form = [("was_signature", ""), ("signature", "Berta\r\n<b>Support</b>")]
            let saved = try await agent.post("/settings/profile", form)
            #expect(saved.headers[.location] == "/settings/profile?done=saved")
            let page = try await agent.get("/settings/profile").text
            #expect(page.contains("Berta\n&lt;b&gt;Support&lt;/b&gt;</textarea>"))
            let wrong = try await agent.post("/settings/profile", [("was_signature", "x"), ("signature", "a\tb")])
            #expect(wrong.status == 422 && wrong.text.contains("no control characters"))
            #expect(wrong.text.contains("a\tb</textarea>"))
        }
    }

    @Test("A mailbox's form saves what was changed alone, and keeps what was refused")
    func mailbox() async throws {
        try await GatewayFixture.withIntake { desk in
            let admin = try await desk.session()
            #expect(try await admin.get("/settings/mailboxes").text.contains("/settings/mailboxes/1"))
            let form = [
                ("was_color", ""), ("color", "#1a2b3c"), ("was_cc_policy", "known"), ("cc_policy", "all"),
                ("was_footer", ""), ("footer", "Acme\r\nLondon"), ("was_name", "Stale"), ("name", "Stale"),
                ("was_survey_after_minutes", "0"), ("survey_after_minutes", "60"),
            ]
            #expect(try await admin.post("/settings/mailboxes/1", form).status == 303)
            let mailbox = try await desk.call(.get, "/mailboxes/1").json
            #expect(mailbox.text("color") == "#1a2b3c" && mailbox.text("cc_policy") == "all")
            #expect(mailbox.text("footer") == "Acme\nLondon" && mailbox.text("name") != "Stale")
            #expect(mailbox["survey_after_minutes"]?.integer == 60)
            let wrong = try await admin.post(
                "/settings/mailboxes/1",
                [
                    ("was_color", "#1a2b3c"), ("color", "blue"), ("was_survey_after_minutes", "60"),
                    ("survey_after_minutes", "soon"),
                ])
            #expect(wrong.status == 422 && wrong.text.contains("must be a color like #1a2b3c"))
            #expect(wrong.text.contains("value=\"blue\"") && wrong.text.contains("value=\"soon\""))
        }
    }
}
