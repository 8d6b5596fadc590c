import FirstlineTesting
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import SLATimerServer

/// Timers in their store: the default policy promises a normal ticket 4, 8 and 24 hours of business time.
@Suite("Timers in their store")
struct TimerServiceTests {
    @Test("Every ticket of an empty store has its promises")
    func defaults() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        let answer = try await desk.handler.getTicketTimers(GetTicketTimersRequest(ticketID: 1), desk.context)
        #expect(answer.timers.map(\.metric) == [.firstResponse, .resolution])
        #expect(answer.timers[0].dueAtMilliseconds == CalendarSamples.instant("2026-03-02T13:00:00Z"))
        #expect(answer.timers[1].dueAtMilliseconds == CalendarSamples.instant("2026-03-04T17:00:00Z"))
        #expect(answer.timers[0].policyName == "Standard")
        #expect(answer.timers[0].remainingMilliseconds == 4 * CalendarSamples.hour)
        #expect(try await desk.told() == ["running first_response", "running resolution"])
    }

    @Test("Entries take the same effect together as one by one")
    func batches() async throws {
        let bodies: [JournalEntry.Body] = [
            .created(), .message(.requester, first: true), .changed("priority", "high"), .message(.agent),
            .message(.requester), .message(.agent), .message(.requester), .changed("status", "pending"),
            .changed("status", "open"), .changed("status", "solved"), .message(.requester),
            .changed("status", "open"), .ticketMerged(TicketMerged(intoID: 1)),
        ]
        // More tickets than one statement asks for.
        let tickets: ClosedRange<Int64> = 1...70
        var entries: [JournalEntry] = []
        for (step, body) in bodies.enumerated() {
            for ticket in tickets where body.kind != "ticket_merged" || ticket % 2 == 0 {
                entries.append(
                    TimerDesk.entry(Int64(entries.count) + 1, at: Double(step) / 4, ticket: ticket, body))
            }
        }
        let (together, single) = (try await TimerDesk(), try await TimerDesk())
        try await together.follow(entries)
        for entry in entries { try await single.follow([entry]) }
        for query in [
            "SELECT * FROM ticket ORDER BY id", "SELECT * FROM timer ORDER BY id",
            "SELECT * FROM pause ORDER BY timer_id, from_ms",
        ] {
            let rows = try await together.store.read { try $0.rows(query) }
            #expect(rows.count >= tickets.count)
            #expect(try await single.store.read { try $0.rows(query) } == rows)
        }
        #expect(try await together.told() == single.told())
    }

    @Test("A second start makes no second default")
    func prepareOnce() async throws {
        let desk = try await TimerDesk()
        try await desk.store.write("prepare") { [timers = desk.timers] in try timers.prepare($0) }
        #expect(try await desk.handler.listPolicies(ListPoliciesRequest(), desk.context).policies.count == 1)
    }

    @Test("A timer fires once, never early, and with its cause told")
    func firesOnce() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        desk.setClock(hours: 3.2)
        desk.clock.nowMilliseconds -= 1
        try await desk.firing().fireDue()
        #expect(try await desk.told().count == 2)
        desk.clock.nowMilliseconds += 1
        try await desk.firing().fireDue()
        try await desk.firing().fireDue()
        #expect(try await desk.told().dropFirst(2) == ["warned first_response"])
        desk.setClock(hours: 4)
        try await desk.firing().fireDue()
        try await desk.firing().fireDue()
        #expect(try await desk.told().dropFirst(3) == ["breached first_response"])
    }

    @Test("A warning belongs to the trace of what started its timer")
    func trace() async throws {
        let desk = try await TimerDesk()
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        var entry = TimerDesk.entry(1, at: 0, ticket: 1, .created())
        entry.traceParent = trace
        try await desk.follow([entry, TimerDesk.entry(2, at: 1, ticket: 1, .changed("priority", "high"))])
        desk.setClock(hours: 9)
        try await desk.firing().fireDue()
        let entries = try await desk.store.read { try $0.entries(after: 0, limit: 100).map { try JournalEntry($0) } }
        let fired = entries.filter { $0.told.hasPrefix("warned") || $0.told.hasPrefix("breached") }
        #expect(!fired.isEmpty && fired.allSatisfy { $0.traceParent == trace && $0.cause == nil })
    }

    @Test("A timer that fell due while the service was down fires after the restart, once")
    func restart() async throws {
        let folder = try TestFolder()
        let first = try await TimerDesk(folder: folder)
        try await first.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        await first.store.close()
        let second = try await TimerDesk(folder: folder)
        second.setClock(hours: 5)
        try await second.firing().fireDue()
        #expect(try await second.told().dropFirst(2) == ["warned first_response", "breached first_response"])
        await second.store.close()
        let third = try await TimerDesk(folder: folder)
        third.setClock(hours: 6)
        try await third.firing().fireDue()
        #expect(try await third.told().count == 4)
    }

    @Test("A reply that was not yet read never becomes a breach")
    func catchesUp() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        desk.setClock(hours: 5)
        try await desk.firing {
            try await desk.follow([TimerDesk.entry(2, at: 3, ticket: 1, .message(.agent))])
        }.fireDue()
        #expect(try await desk.told().dropFirst(2) == ["met first_response"])
    }

    @Test("While Intake does not answer nothing fires")
    func waits() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        desk.setClock(hours: 50)
        await #expect(throws: RPCError.self) {
            try await desk.firing { throw RPCError(.unavailable, "nobody there") }.fireDue()
        }
        #expect(try await desk.told().count == 2)
    }

    @Test("The service's loop fires by itself")
    func loop() async throws {
        let desk = try await TimerDesk()
        desk.setClock(hours: 5)
        try await desk.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        let firing = desk.firing()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await firing.run() }
            _ = await desk.store.waitForHead(after: 3, timeout: .seconds(20))
            group.cancelAll()
        }
        #expect(try await desk.told().dropFirst(2) == ["warned first_response", "breached first_response"])
    }

    @Test(
        "A note, automatic mail and the opening message are no response",
        arguments: [
            JournalEntry.Body.message(.agent, visibility: .internal), .message(.agent, automatic: true),
            .message(.agent, first: true), .message(.requester),
        ])
    func noResponse(_ body: JournalEntry.Body) async throws {
        let desk = try await TimerDesk()
        try await desk.follow([
            TimerDesk.entry(1, at: 0, ticket: 1, .created()), TimerDesk.entry(2, at: 1, ticket: 1, body),
        ])
        #expect(try await desk.told().count == 2)
    }

    @Test("A ticket goes its way: answered, pending, written to, solved, reopened")
    func way() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([
            TimerDesk.entry(1, at: 0, ticket: 7, .created()),
            TimerDesk.entry(2, at: 0, ticket: 7, .message(.requester, first: true)),
            TimerDesk.entry(3, at: 1, ticket: 7, .message(.agent)),
            TimerDesk.entry(4, at: 1, ticket: 7, .changed("status", "pending")),
            TimerDesk.entry(5, at: 3, ticket: 7, .message(.requester)),
            TimerDesk.entry(6, at: 3, ticket: 7, .changed("status", "open")),
            TimerDesk.entry(7, at: 4, ticket: 7, .message(.agent)),
            TimerDesk.entry(8, at: 4, ticket: 7, .changed("status", "solved")),
            TimerDesk.entry(9, at: 6, ticket: 7, .changed("status", "open")),
        ])
        #expect(
            try await desk.told() == [
                "running first_response", "running resolution", "met first_response", "paused resolution",
                "running next_response", "running resolution", "met next_response", "met resolution",
                "running resolution",
            ])
        desk.setClock(hours: 6)
        let answer = try await desk.handler.getTicketTimers(GetTicketTimersRequest(ticketID: 7), desk.context)
        let resolution = try #require(answer.timers.first { $0.metric == .resolution })
        // Of 24 hours one ran before the pause and one before it was solved; two remain of Monday, then two days and four hours.
        #expect(resolution.dueAtMilliseconds == CalendarSamples.instant("2026-03-05T13:00:00Z"))
        #expect(resolution.explanation.filter { $0.why == "paused" }.count == 2)
        #expect(
            resolution.explanation.filter(\.counted).reduce(0) { $0 + $1.toMilliseconds - $1.fromMilliseconds }
                == 24 * CalendarSamples.hour)
    }

    @Test("A change of priority sets the timers anew")
    func priority() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([
            TimerDesk.entry(1, at: 0, ticket: 1, .created()),
            TimerDesk.entry(2, at: 0.5, ticket: 1, .changed("priority", "urgent")),
        ])
        let answer = try await desk.handler.listDeadlines(ListDeadlinesRequest(ticketIDs: [9, 1]), desk.context)
        #expect(answer.deadlines.map(\.ticketID) == [1])
        #expect(answer.deadlines[0].firstResponseDueAtMilliseconds == CalendarSamples.instant("2026-03-02T10:00:00Z"))
        #expect(!answer.deadlines[0].breached && !answer.deadlines[0].paused)
    }

    @Test("A policy that is edited moves every running timer, and what it moves is journaled once")
    func policyEdit() async throws {
        let desk = try await TimerDesk()
        let count: Int64 = 250
        try await desk.follow((1...count).map { TimerDesk.entry($0, at: 0, ticket: $0, .created()) })
        var policy = try await desk.handler.getPolicy(GetPolicyRequest(id: 1), desk.context)
        policy.targets = [SLATarget(priority: .normal, firstResponseMilliseconds: CalendarSamples.hour)]
        let saved = try await desk.handler.updatePolicy(policy, desk.context)
        #expect(saved.version == 2)
        let deadlines = try await desk.handler.listDeadlines(
            ListDeadlinesRequest(ticketIDs: Array(1...200)), desk.context
        ).deadlines
        #expect(Set(deadlines.map(\.firstResponseDueAtMilliseconds)) == [TimerDesk.start + CalendarSamples.hour])
        #expect(Set(deadlines.map(\.resolutionDueAtMilliseconds)) == [0])
        #expect(try await desk.told().count == Int(4 * count))
        await #expect(throws: RPCError.self) { try await desk.handler.updatePolicy(policy, desk.context) }
    }

    @Test("Nothing fires by rules that no longer hold")
    func staleRules() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        try await desk.store.write("edit") { transaction in
            let old = try #require(try transaction.policy(1))
            var policy = old
            policy.targets = [SLATarget(priority: .normal, firstResponseMilliseconds: 100 * CalendarSamples.hour)]
            _ = try transaction.save(policy, replacing: old)
            try transaction.raiseGeneration()
        }
        desk.setClock(hours: 5)
        try await desk.firing().fireDue()
        #expect(try await desk.told().dropFirst(2) == ["running first_response", "cancelled resolution"])
    }

    @Test("What was journaled names the entry that caused it")
    func causes() async throws {
        let desk = try await TimerDesk()
        try await desk.follow([TimerDesk.entry(41, at: 0, ticket: 1, .created())])
        let entries = try await desk.store.read { try $0.entries(after: 0, limit: 10).map { try JournalEntry($0) } }
        #expect(
            entries.map(\.cause) == [
                Place(service: "intake", term: 1, offset: 41), Place(service: "intake", term: 1, offset: 41),
            ])
        #expect(entries.map(\.ticketID) == [1, 1])
    }
}
