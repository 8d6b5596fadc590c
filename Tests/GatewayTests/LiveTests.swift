import HTTPTypes
import Model
import Store
import Testing

@testable import GatewayServer

struct LiveTests {
    private static func entry(_ ticketID: Int64, _ body: JournalEntry.Body, actor: Actor = Actor(kind: .agent, id: 1))
        -> JournalEntry
    {
        JournalEntry(atMilliseconds: 1_767_603_600_000, actor: actor, ticketID: ticketID, version: 1, body: body)
    }

    private static func append(_ desk: GatewayFixture, _ entries: [JournalEntry]) async throws {
        try await desk.store.write("test") { transaction in
            for event in entries.flatMap({ LiveEvent.events(of: $0) }) { try transaction.append(event) }
        }
        desk.hub.wake()
    }

    private static let story: [JournalEntry] = [
        entry(1, .ticketCreated(TicketCreated(requesterID: 7, channel: .email, status: .new, priority: .normal))),
        entry(
            1,
            .messageAdded(
                MessageAdded(messageID: 1, author: Actor(kind: .requester, id: 7), visibility: .public, first: true))),
        entry(2, .ticketCreated(TicketCreated(requesterID: 8, channel: .email, status: .new, priority: .normal))),
        entry(1, .messageAdded(MessageAdded(messageID: 2, author: Actor(kind: .agent, id: 1), visibility: .internal))),
        entry(
            1,
            .ticketChanged(
                TicketChanged(changes: [
                    FieldChange(field: "status", oldValue: "new", newValue: "open"),
                    FieldChange(field: "assignee_id", oldValue: "", newValue: "1"),
                    FieldChange(field: "priority", oldValue: "normal", newValue: "high"),
                ]))),
        entry(
            1, .timerBreached(TimerBreached(metric: .firstResponse, dueAtMilliseconds: 1_767_603_600_000, policyID: 1))),
    ]

    /// What a stream sends of what is there; the hub is closed, so that it ends.
    private func kinds(_ desk: GatewayFixture, _ path: String, token: String? = nil, after: String = "0") async throws
        -> [String]
    {
        let headers: HTTPFields = after.isEmpty ? [:] : [.lastEventID: after]
        async let reply = desk.call(.get, path, token: token, headers: headers)
        // Give up the stream once it has opened: everything before was sent by then.
        while !desk.hub.hasStreams { await Task.yield() }
        desk.hub.endStreams()
        return try await reply.text.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map {
            String($0.dropFirst(7))
        }
    }

    @Test("Journal entries become events of the names that the contract gives them, resumable by id")
    func storyIsTold() async throws {
        try await GatewayFixture.with { desk in
            let before = try await desk.store.read { try $0.newestEventID() }
            try await Self.append(desk, Self.story)
            let all = [
                "ticket.created", "message.added", "ticket.created", "message.added", "ticket.status_changed",
                "ticket.assigned",
                "ticket.changed", "sla.breached",
            ]
            #expect(try await kinds(desk, "/events", after: "\(before)") == all)
            #expect(try await kinds(desk, "/events", after: "\(before + 4)") == Array(all[4...]))
            #expect(try await kinds(desk, "/events?after=\(before + 7)", after: "") == ["sla.breached"])
            #expect(try await kinds(desk, "/events?ticket_id=2", after: "\(before)") == ["ticket.created"])
            #expect(try await kinds(desk, "/events", after: "") == [])
        }
    }

    @Test("A requester hears of their own tickets' public changes alone")
    func requesterHears() async throws {
        try await GatewayFixture.withIntake { desk in
            let ticket = try await desk.call(
                .post, "/tickets", #"{"subject":"S","body":"B","requester":{"email":"eve@example.org"}}"#)
            let requester = ticket.json["requester"]?.id("id") ?? 0
            let made = try await desk.call(
                .post, "/tokens", #"{"name":"e","role":"requester","requester_id":\#(requester)}"#)
            var story = Self.story
            story[0].body = .ticketCreated(TicketCreated(requesterID: requester, channel: .email, status: .new))
            try await Self.append(desk, story)
            let heard = try await kinds(desk, "/events", token: made.json.text("token"))
            #expect(heard == ["ticket.created", "message.added", "ticket.status_changed"])
        }
    }

    @Test("Only the newest events are kept, and who asks for older ones is told")
    func retention() async throws {
        try await GatewayFixture.with { desk in
            try await Self.append(desk, Self.story)
            try await desk.store.write("test") { transaction in
                try transaction.execute("DELETE FROM events WHERE id < 5")
            }
            #expect(try await kinds(desk, "/events", after: "1").first == "reset")
        }
    }

    @Test("An event's data is one line of JSON with kind, ticket, time and actor")
    func data() throws {
        let event = try #require(LiveEvent.events(of: Self.story[0]).first)
        let json = event.json(id: 5)
        #expect(!JSONWriter.text(of: json).contains("\n"))
        #expect(json.text("at") == "2026-01-05T09:00:00.000Z" && json["ticket_id"]?.integer == 1)
        #expect(json["actor"]?.text("kind") == "agent" && json["requester_id"]?.integer == 7)
    }
}
