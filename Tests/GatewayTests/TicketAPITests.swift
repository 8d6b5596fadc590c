import HTTPTypes
import Model
import Testing

@testable import GatewayServer

/// The calls that Intake owns, against the real Intake.
struct TicketAPITests {
    private static let body =
        #"{"subject":"Принтер молчит","body":"Help!","requester":{"email":"eve@example.org","name":"Eve"},"tags":["printer"],"custom_fields":{"floor":"3"}}"#

    /// Whether an answer is what the document says.
    private func expectFits(_ schema: String, _ json: JSONValue, _ location: SourceLocation = #_sourceLocation) {
        let faults = Shape.named(schema).violations(in: json)
        #expect(faults.isEmpty, "\(faults)", sourceLocation: location)
    }

    @Test("A ticket is opened, read, listed, found; each answer is as documented")
    func lifeOfATicket() async throws {
        try await GatewayFixture.withIntake { desk in
            let made = try await desk.call(.post, "/tickets", Self.body)
            #expect(made.status == 201 && made.headers[.eTag] == "\"1\"")
            #expect(made.headers[.location] == "/api/v1/tickets/\(made.json.id("id"))")
            expectFits("Ticket", made.json)
            // The SLA timer is away: the ticket is served all the same.
            #expect(made.headers[.stale] == "sla" && made.json["sla"]?["breached"] == .null)
            let read = try await desk.call(.get, "/tickets/1")
            #expect(read.json.text("subject") == "Принтер молчит" && read.json["custom_fields"]?.text("floor") == "3")
            let list = try await desk.call(.get, "/tickets?status=new,open&tag=printer&sort=created_descending")
            #expect(list.json["items"]?.elements?.count == 1)
            #expect(try await desk.call(.get, "/tickets?status=solved").json["items"]?.elements?.count == 0)
            let found = try await desk.call(.get, "/search?q=%D0%BF%D1%80%D0%B8%D0%BD%D1%82%D0%B5%D1%80")
            let hit = try #require(found.json["items"]?.elements?.first)
            expectFits("FoundTicket", hit)
            let history = try await desk.call(.get, "/tickets/1/history")
            #expect(history.json["items"]?.elements?.map { $0.text("kind") } == ["ticket.created", "message.added"])
            for event in history.json["items"]?.elements ?? [] { expectFits("HistoryEvent", event) }
            #expect(try await desk.call(.get, "/tickets/2").status == 404)
        }
    }

    @Test("A change names the version that it saw; a stale one is refused with what stands there now")
    func versions() async throws {
        try await GatewayFixture.withIntake { desk in
            _ = try await desk.call(.post, "/tickets", Self.body)
            let change = #"{"priority":"high","tags":["a","b"],"custom_fields":{"floor":null,"room":"12"}}"#
            let changed = try await desk.call(.patch, "/tickets/1", change, headers: [.ifMatch: "\"1\""])
            #expect(changed.status == 200 && changed.json.text("priority") == "high")
            #expect(changed.json["custom_fields"] == ["room": "12"])
            let version = try #require(changed.headers[.eTag])
            #expect(version != "\"1\"")
            for stale in ["\"1\"", "W/\(version)", "7", "\"x\""] {
                let reply = try await desk.call(
                    .patch, "/tickets/1", #"{"priority":"low"}"#, headers: [.ifMatch: stale])
                #expect(reply.status == 412 && reply.code == "stale_version")
                #expect(reply.json["current"]?.text("priority") == "high" && reply.headers[.eTag] == version)
            }
            let any = try await desk.call(.patch, "/tickets/1", #"{"status":"pending"}"#, headers: [.ifMatch: "*"])
            #expect(any.json.text("status") == "pending")
            let back = try await desk.call(
                .patch, "/tickets/1", #"{"status":"new"}"#, headers: [.ifMatch: any.headers[.eTag] ?? ""])
            #expect(back.status == 422 && back.fields == ["status"])
        }
    }

    @Test("The same key and body opens one ticket; another body is refused")
    func idempotency() async throws {
        try await GatewayFixture.withIntake { desk in
            let first = try await desk.call(.post, "/tickets", Self.body, headers: [.idempotencyKey: "key-1"])
            let again = try await desk.call(.post, "/tickets", Self.body, headers: [.idempotencyKey: "key-1"])
            #expect(first.status == 201 && again.status == 201 && first.text == again.text)
            #expect(again.headers[.eTag] == first.headers[.eTag])
            let other = try await desk.call(
                .post, "/tickets", Self.body.replacing("Help", with: "More"), headers: [.idempotencyKey: "key-1"])
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            #expect(try await desk.call(.get, "/tickets").json["items"]?.elements?.count == 1)
        }
    }

    @Test("A reply says what its author had seen; someone quicker makes it 412, with what is new")
    func replies() async throws {
        try await GatewayFixture.withIntake { desk in
            _ = try await desk.call(.post, "/tickets", Self.body)
            let reply = #"{"body":"On it.","visibility":"public","status":"pending","seen_message_count":1}"#
            let first = try await desk.call(.post, "/tickets/1/messages", reply)
            #expect(first.status == 201)
            expectFits("Message", first.json)
            #expect(first.json["author"]?.text("name") == "Administrator")
            let second = try await desk.call(.post, "/tickets/1/messages", reply)
            #expect(second.status == 412 && second.json["current"]?["message_count"]?.integer == 2)
            #expect(second.json["new_messages"]?.elements?.map { $0.text("text") } == ["On it."])
            let thread = try await desk.call(.get, "/tickets/1/messages")
            #expect(thread.json["items"]?.elements?.count == 2)
        }
    }

    @Test("A file goes up, with a message, and comes down as a download only")
    func files() async throws {
        try await GatewayFixture.withIntake { desk in
            let content = String(repeating: "0123456789abcdef", count: 40_000)
            let up = try await desk.call(
                .post, "/attachments?filename=%D1%8F%20%22x%22.html", content, headers: [.contentType: "text/html"])
            #expect(up.status == 201)
            expectFits("Attachment", up.json)
            let id = up.json.id("id")
            let ticket = Self.body.replacing(#""tags""#, with: "\"attachments\":[\(id)],\"tags\"")
            #expect(try await desk.call(.post, "/tickets", ticket).status == 201)
            let down = try await desk.call(.get, "/attachments/\(id)")
            #expect(down.text == content)
            #expect(down.headers[.contentDisposition]?.hasPrefix("attachment; ") == true)
            #expect(down.headers[.contentDisposition]?.contains("filename*=UTF-8''%D1%8F") == true)
            #expect(down.headers[.securityPolicy]?.contains("sandbox") == true)
        }
    }

    @Test("A mail comes in by HTTP, once, and its source comes out byte for byte")
    func mail() async throws {
        try await GatewayFixture.withIntake { desk in
            let mail =
                "From: Eve <eve@example.org>\r\nTo: support@localhost\r\nSubject: Hi\r\nMessage-ID: <1@example.org>\r\n\r\nHello.\r\n"
            let type: HTTPFields = [.contentType: "message/rfc822"]
            let first = try await desk.call(.post, "/mail?recipient=support@localhost", mail, headers: type)
            #expect(first.status == 200)
            expectFits("AcceptedMail", first.json)
            let again = try await desk.call(.post, "/mail?recipient=support@localhost", mail, headers: type)
            #expect(again.json["repeated"]?.bool == true && again.json["ticket_id"] == first.json["ticket_id"])
            let path = "/tickets/\(first.json.id("ticket_id"))/messages/\(first.json.id("message_id"))/source"
            #expect(try await desk.call(.get, path).text == mail)
            #expect(try await desk.call(.post, "/mail", mail).status == 415)
        }
    }

    @Test("A requester sees their own tickets and public messages, and nothing of anyone else's")
    func requesters() async throws {
        try await GatewayFixture.withIntake { desk in
            let own = try await desk.call(.post, "/tickets", Self.body)
            _ = try await desk.call(.post, "/tickets", Self.body.replacing("eve@", with: "bob@"))
            _ = try await desk.call(.post, "/tickets/1/messages", #"{"body":"Secret","visibility":"internal"}"#)
            let requester = own.json["requester"]?.id("id") ?? 0
            let made = try await desk.call(
                .post, "/tokens", #"{"name":"eve","role":"requester","requester_id":\#(requester)}"#)
            let eve = made.json.text("token")
            #expect(try await desk.call(.get, "/tickets/1", token: eve).json["message_count"]?.integer == 1)
            #expect(try await desk.call(.get, "/tickets/2", token: eve).status == 404)
            #expect(try await desk.call(.get, "/tickets", token: eve).json["items"]?.elements?.count == 1)
            #expect(try await desk.call(.get, "/tickets/1/messages", token: eve).json["items"]?.elements?.count == 1)
            #expect(try await desk.call(.get, "/search?q=Secret", token: eve).json["items"]?.elements?.count == 0)
            for path in ["/tickets/1/history", "/requesters", "/agents", "/tokens", "/mailboxes"] {
                #expect(try await desk.call(.get, path, token: eve).status == 403, "\(path)")
            }
            // Whoever they name, it is theirs.
            let ticket = try await desk.call(.post, "/tickets", Self.body.replacing("eve@", with: "bob@"), token: eve)
            #expect(ticket.status == 201 && ticket.json["requester"]?.id("id") == requester)
            let patch = try await desk.call(
                .patch, "/tickets/1", #"{"status":"solved"}"#, token: eve, headers: [.ifMatch: "\"1\""])
            #expect(patch.status == 403)
        }
    }

    @Test("Requesters, organizations and mailboxes are entered, changed, listed")
    func people() async throws {
        try await GatewayFixture.withIntake { desk in
            let organization = try await desk.call(
                .post, "/organizations", #"{"name":"Acme","domains":["acme.example"],"external_id":"x-1"}"#)
            #expect(organization.status == 201)
            expectFits("Organization", organization.json)
            let requester = try await desk.call(
                .post, "/requesters", #"{"email":"Joe@Acme.example","name":"Joe","language":"el"}"#)
            #expect(requester.status == 201 && requester.json.text("email") == "joe@acme.example")
            expectFits("Requester", requester.json)
            let id = requester.json.id("id")
            let changed = try await desk.call(.patch, "/requesters/\(id)", #"{"name":"Joseph","external_id":null}"#)
            #expect(changed.json.text("name") == "Joseph")
            #expect(try await desk.call(.get, "/requesters?q=joseph").json["items"]?.elements?.count == 1)
            let mailbox = try await desk.call(.post, "/mailboxes", #"{"name":"Sales","address":"sales@desk.example"}"#)
            #expect(mailbox.status == 201)
            expectFits("Mailbox", mailbox.json)
        }
    }
}
