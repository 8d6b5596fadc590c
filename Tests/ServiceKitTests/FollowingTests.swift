import FirstlineTesting
import Model
@testable import ServiceKit
import Store
import Testing
import Wire

@Suite("Following a journal")
struct FollowingTests {
    private static let source = ServiceDefinition(name: "intake", migrations: [], peers: []) { _ in
        ServiceParts(handlers: [])
    }

    /// Writes down each entry it sees; a second time would break the primary key, and `seen` counts every attempt.
    private static func follower(refusing refused: Int64 = 0) -> ServiceDefinition {
        ServiceDefinition(
            name: "routing",
            migrations: [
                Migration(
                    "seen",
                    sqlite:
                        "CREATE TABLE seen (entry INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, hops INTEGER NOT NULL) STRICT"
                )
            ],
            peers: ["intake"]
        ) { _ in
            ServiceParts(
                handlers: [],
                followers: [
                    FollowerDefinition(source: "intake") { transaction, entry in
                        if entry.offset == refused { throw StoreError.busy }
                        try transaction.execute(
                            "INSERT INTO seen (entry, ticket, hops) VALUES (?, ?, ?)",
                            [Value(entry.offset), Value(entry.ticketID), Value(entry.hops)])
                        try transaction.journal(
                            .assignmentProposed(AssignmentProposed(epoch: 1)), actor: Actor(kind: .system),
                            ticketID: entry.ticketID,
                            cause: entry)
                    }
                ])
        }
    }

    private static func create(_ tickets: ClosedRange<Int64>, in store: Store) async throws -> Place {
        var place = Place()
        for ticket in tickets {
            place = try await store.write("create") {
                try $0.journal(
                    .ticketCreated(TicketCreated(requesterID: 1)), actor: Actor(kind: .system), ticketID: ticket)
            }
        }
        return place
    }

    private static func seen(_ store: Store) async throws -> [Int64] {
        try await store.read { try $0.rows("SELECT ticket FROM seen ORDER BY entry").map { try $0.int("ticket") } }
    }

    @Test("Each entry takes effect exactly once, over restarts of both sides")
    func exactlyOnce() async throws {
        var sourceSetup = try TestService.Setup()
        sourceSetup.listen = try await FreePort.address()
        var followerSetup = try TestService.Setup()
        followerSetup.peers = ["intake": sourceSetup.listen]
        let (sourceStart, followerStart) = (sourceSetup, followerSetup)
        let first = try await TestService.with(Self.source, sourceStart) { source in
            try await TestService.with(Self.follower(), followerStart) { follower in
                let place = try await Self.create(1...20, in: source.store)
                #expect(await follower.running.journals.catchUp(to: place, timeout: .seconds(10)))
                #expect(try await Self.seen(follower.store) == Array(1...20))
                return place
            }
        }
        #expect(first.offset == 20)
        try await TestService.with(Self.follower(), followerStart) { follower in
            // The source is away; the follower waits and comes back by itself.
            #expect(
                await !follower.running.journals.catchUp(
                    to: Place(service: "intake", term: first.term, offset: 21), timeout: .zero))
            try await TestService.with(Self.source, sourceStart) { source in
                let place = try await Self.create(21...25, in: source.store)
                #expect(await follower.running.journals.catchUp(to: place, timeout: .seconds(10)))
                #expect(try await follower.running.journals.catchUpWithHead(of: "intake", timeout: .seconds(5)))
            }
            #expect(try await Self.seen(follower.store) == Array(1...25))
            let own = try await follower.store.read {
                try $0.entries(after: 0, limit: 100).map { try JournalEntry($0) }
            }
            #expect(own.count == 25)
            #expect(own[24].cause == Place(service: "intake", term: first.term, offset: 25) && own[24].hops == 1)
            #expect(
                await follower.running.journals.catchUp(
                    to: Place(service: "routing", term: own[0].term, offset: 25), timeout: .zero))
        }
    }

    @Test("An entry that cannot be applied holds the follower up and is not skipped", .timeLimit(.minutes(1)))
    func refusal() async throws {
        try await TestService.with(Self.source) { source in
            var setup = try TestService.Setup()
            setup.peers = ["intake": source.running.rpcAddress]
            let start = setup
            let place = try await Self.create(1...3, in: source.store)
            try await TestService.with(Self.follower(refusing: 2), start) { follower in
                while !follower.running.journals.states[0].problem.contains("busy") {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(await !follower.running.journals.catchUp(to: place, timeout: .zero))
                let seen = try await Self.seen(follower.store)
                #expect(seen.isEmpty)
            }
            try await TestService.with(Self.follower(), start) { follower in
                #expect(await follower.running.journals.catchUp(to: place, timeout: .seconds(10)))
                let seen = try await Self.seen(follower.store)
                #expect(seen == [1, 2, 3])
            }
        }
    }

    @Test("A source whose term does not fit stops the follower, which says so")
    func termMismatch() async throws {
        let address = try await FreePort.address()
        var followerSetup = try TestService.Setup()
        followerSetup.peers = ["intake": address]
        let start = followerSetup
        for (round, tickets) in [(1, 5), (2, 7)] as [(Int, Int64)] {
            // Each round is another source at the same address, as after a restore from nothing.
            var setup = try TestService.Setup(clock: TestClock(TestClock().nowMilliseconds + Int64(round) * 1_000))
            setup.listen = address
            let sourceStart = setup
            try await TestService.with(Self.source, sourceStart) { source in
                let place = try await Self.create(1...tickets, in: source.store)
                try await TestService.with(Self.follower(), start) { follower in
                    if round == 1 {
                        #expect(await follower.running.journals.catchUp(to: place, timeout: .seconds(10)))
                        return
                    }
                    let admin = try await follower.adminAddress()
                    while follower.running.journals.states[0].phase != .stopped {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    #expect(try await Self.seen(follower.store).count == 5)
                    let ready = try await TestHTTP.get("/readyz", at: admin)
                    #expect(ready.status == 200 && ready.body.contains(#""state":"stopped""#))
                }
            }
        }
    }

    @Test("Ten causes in a row end a chain")
    func chains() async throws {
        try await TestService.with(Self.source) { service in
            let entry = try await service.store.write("chain") { transaction in
                var entry: JournalEntry?
                for _ in 0..<12 {
                    try transaction.journal(
                        .messageAdded(MessageAdded(messageID: 1)), actor: Actor(kind: .system), cause: entry,
                        traceParent: entry == nil ? "t" : "")
                    entry = try transaction.entries(after: 0, limit: 100).last.map { try JournalEntry($0) }
                    #expect(entry?.endsChain == (entry!.offset > 10))
                }
                return entry
            }
            #expect(
                entry?.hops == 10 && entry?.traceParent == "t"
                    && entry?.body == .messageAdded(MessageAdded(messageID: 1)))
        }
    }
}
