import HTTPTypes
import Model
import Testing

@testable import GatewayServer

@Suite("Merging and participants on a ticket's page")
struct TicketFormsTests {
    @Test("A merge shows both tickets first, is done once, and leads to the ticket that goes on")
    func merge() async throws {
        try await GatewayFixture.withIntake { desk in
            try await desk.ticket("The printer", from: "eve@example.org")
            try await desk.ticket("The <b>same</b> printer", from: "anna@example.org")
            let agent = try await desk.session(.agent)
            let asked = try await agent.get("/tickets/1/merge?into=%20%232")
            #expect(asked.status == 200 && asked.text.contains("anna@example.org"))
            #expect(asked.text.contains("The &lt;b&gt;same&lt;/b&gt; printer"))
            #expect(asked.text.contains("The requesters differ"))
            #expect(try await desk.call(.get, "/tickets/1").json.text("status") != "closed", "a look changes nothing")
            let stale = try await agent.post("/tickets/1/merge", [("into", "2"), ("version", "7"), ("key", "k0")])
            #expect(stale.status == 412 && stale.text.contains("Look once more"))
            let form = [("into", "2"), ("version", "1"), ("key", "k1")]
            for _ in 1...2 {
                let merged = try await agent.post("/tickets/1/merge", form)
                #expect(merged.status == 303 && merged.headers[.location] == "/tickets/2?done=merged")
            }
            #expect(try await desk.call(.get, "/tickets/1").json.text("status") == "closed")
            let again = try await agent.post("/tickets/1/merge", [("into", "2"), ("version", "2"), ("key", "k2")])
            #expect(again.status == 409 && again.text.contains("ticket 1 was merged into ticket 2"))
        }
    }

    @Test("A number that names no other ticket is said so where it was written", arguments: ["9", "1", "x", ""])
    func noTarget(into: String) async throws {
        try await GatewayFixture.withIntake { desk in
            try await desk.ticket("S", from: "eve@example.org")
            let agent = try await desk.session(.agent)
            let asked = try await agent.get("/tickets/1/merge?into=\(into)")
            #expect(asked.status == 422 && asked.text.contains("There is no other ticket with this number"))
            #expect(asked.text.contains("name=\"into\" inputmode=\"numeric\" value=\"\(into)\""))
        }
    }

    @Test("Somebody takes part and no longer; what was begun on the page stays on it")
    func participants() async throws {
        try await GatewayFixture.withIntake { desk in
            try await desk.ticket("S", from: "eve@example.org")
            let agent = try await desk.session(.agent)
            func people() async throws -> [String] {
                let list = try await desk.call(.get, "/tickets/1/participants").json["items"]?.elements ?? []
                return list.map { $0["requester"]?.text("email") ?? "" }
            }
            let added = try await agent.post("/tickets/1/participants", [("participant", "Anna@example.org")])
            #expect(added.status == 303 && added.headers[.location] == "/tickets/1?done=joined")
            // Enter in the field does the same, and sends no reply.
            let begun = [("participant", "bob@example.org"), ("body", "Half a <reply"), ("seen", "1")]
            let kept = try await agent.post("/tickets/1/side", begun)
            #expect(kept.status == 200 && kept.text.contains("Half a &lt;reply</textarea>"))
            #expect(try await people() == ["anna@example.org", "bob@example.org"])
            #expect(try await desk.call(.get, "/tickets/1").json["message_count"]?.integer == 1)
            let wrong = try await agent.post("/tickets/1/participants", [("participant", "no address")])
            #expect(wrong.status == 422 && wrong.text.contains("is not an email address"))
            #expect(wrong.text.contains("value=\"no address\"") && wrong.text.contains("aria-invalid"))
            let list = try await desk.call(.get, "/tickets/1/participants").json["items"]?.elements ?? []
            let id = list.first?["requester"]?.id("id") ?? 0
            for _ in 1...2 {
                let left = try await agent.post("/tickets/1/participants", [("leaves", "\(id)")])
                #expect(left.status == 303 && left.headers[.location] == "/tickets/1?done=left")
            }
            #expect(try await people() == ["bob@example.org"])
        }
    }

    @Test("Enter beside the reply saves what was changed there")
    func side() async throws {
        try await GatewayFixture.withIntake { desk in
            try await desk.ticket("S", from: "eve@example.org")
            let agent = try await desk.session(.agent)
            let form = [("version", "1"), ("was_subject", "S"), ("subject", "T"), ("participant", ""), ("key", "k")]
            #expect(try await agent.post("/tickets/1/side", form).status == 303)
            #expect(try await desk.call(.get, "/tickets/1").json.text("subject") == "T")
        }
    }
}
