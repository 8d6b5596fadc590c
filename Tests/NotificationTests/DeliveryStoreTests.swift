import FirstlineTesting
import Model
import Store
import Testing

@testable import NotificationServer

@Suite("Deliveries in their store")
struct DeliveryStoreTests {
    private let folder: TestFolder
    private let store: Store
    private let clock = TestClock()

    init() throws {
        folder = try TestFolder()
        store = try Store.notification(in: folder, clock: clock)
    }

    private func add(_ count: Int, kind: DeliveryKind = .reply, messageID: Int64 = 5, userID: Int64 = 0) async throws {
        try await store.write("test") { transaction in
            for number in 0..<count {
                let planned = PlannedDelivery(
                    delivery: Delivery(kind: kind, ticketID: 7, messageID: messageID), cause: "intake:1:\(number)",
                    userID: userID, detail: "")
                _ = try DeliveryStore.add(planned, in: transaction)
            }
        }
    }

    private func claim(limit: Int = 10) async throws -> [Int64] {
        let now = clock.nowMilliseconds
        return try await store.write("test") { transaction in
            try DeliveryStore.claim(at: now, limit: limit, in: transaction).map(\.delivery.id)
        }
    }

    private func find(_ id: Int64) async throws -> Delivery {
        try #require(try await store.read { try DeliveryStore.find(id, in: $0) }).delivery
    }

    private func states(_ filter: DeliveryState = .unspecified) async throws -> [DeliveryState] {
        try await store.read { reader in
            try DeliveryStore.list(below: .max, ticketID: 0, state: filter, limit: 100, in: reader).map(\.state)
                .reversed()
        }
    }

    @Test("What is in hand is not taken twice, and is let go by the next life")
    func claims() async throws {
        try await add(3)
        #expect(try await claim(limit: 2) == [1, 2])
        #expect(try await claim() == [3])
        #expect(try await claim() == [])
        #expect(try await states() == [.sending, .sending, .sending])
        #expect(try await store.read { try DeliveryStore.nextDue(in: $0) } == nil)
        try await store.write("test") { try DeliveryStore.releaseAll(in: $0) }
        #expect(try await claim() == [1, 2, 3])
    }

    @Test("A tried one that is released is deferred, an untried one queued; neither before its time")
    func release() async throws {
        try await add(2)
        _ = try await claim()
        let now = clock.nowMilliseconds
        try await store.write("test") { transaction in
            var tried = try #require(try DeliveryStore.find(1, in: transaction)).delivery
            tried.attempts = 1
            try DeliveryStore.update(tried, in: transaction)
            for id in [Int64(1), 2] { try DeliveryStore.release(id, until: now + 2_000, in: transaction) }
        }
        #expect(try await states() == [.deferred, .queued])
        #expect(try await claim() == [])
        clock.advance(by: .seconds(2))
        #expect(try await claim() == [1, 2])
    }

    @Test("A list of what waits has the queued, the deferred and those in hand, and no other")
    func waiting() async throws {
        try await add(8)
        try await store.write("test") { transaction in
            for (index, state) in [DeliveryState.sent, .failed, .suppressed, .queued, .sending, .deferred, .bounced]
                .enumerated()
            {
                var delivery = try #require(try DeliveryStore.find(Int64(index + 1), in: transaction)).delivery
                delivery.state = state
                try DeliveryStore.update(delivery, in: transaction)
            }
        }
        #expect(try await states(.waiting) == [.queued, .sending, .deferred, .queued])
        #expect(try await states(.bounced) == [.bounced])
        let now = clock.nowMilliseconds
        #expect(try await store.read { try DeliveryStore.waiting(at: now, in: $0).count } == 4)
    }

    private func bounce(
        of id: Int64, _ action: String = "failed", status: String = "5.1.1", ticketID: Int64 = 7
    ) async throws {
        let tag = try #require(try await store.read { try DeliveryStore.find(id, in: $0) }).bounceTag
        try await bounce(MailBounced(action: action, status: status, deliveryTag: tag), ticketID: ticketID)
    }

    private func bounce(_ bounce: MailBounced, ticketID: Int64 = 7) async throws {
        try await store.write("test") { transaction in
            let entry = JournalEntry(offset: 99, term: 1, ticketID: ticketID, body: .mailBounced(bounce))
            try DeliveryPlanner.apply(entry, from: "intake", in: transaction)
        }
    }

    private func send(_ id: Int64) async throws {
        try await store.write("test") { transaction in
            var delivery = try #require(try DeliveryStore.find(id, in: transaction)).delivery
            delivery.state = .sent
            try DeliveryStore.update(delivery, in: transaction)
        }
    }

    @Test("A bounce is told on the delivery that it names, by its secret, on its own ticket alone")
    func bounces() async throws {
        try await add(3)
        for id in Int64(1)...3 { try await send(id) }
        try await bounce(of: 2, ticketID: 8)
        try await bounce(of: 2, "delayed", status: "4.4.1")
        try await bounce(MailBounced(action: "failed"))
        #expect(try await states() == [.sent, .sent, .sent])
        try await bounce(of: 2)
        #expect(try await find(2).lastError == "bounced: 5.1.1")
        #expect(try await find(2).bouncedAtMilliseconds == clock.nowMilliseconds)
        #expect(try await states() == [.sent, .bounced, .sent])
    }

    @Test(
        "A bounce that does not say that it failed marks nothing",
        arguments: ["", "delayed", "delivered", "relayed", "expanded", "unheard-of"])
    func otherBounces(action: String) async throws {
        try await add(1)
        try await send(1)
        try await bounce(of: 1, action)
        try await bounce(MailBounced(messageID: 5, action: action))
        #expect(try await states() == [.sent])
    }

    @Test("No bounce marks what is no reply, or went to an agent")
    func bouncesOfOthers() async throws {
        try await add(1, kind: .slaBreach)
        try await add(1, kind: .acknowledgement)
        try await add(1, userID: 9)
        for id in Int64(1)...3 {
            try await send(id)
            try await bounce(of: id)
        }
        try await bounce(MailBounced(messageID: 5, action: "failed"))
        #expect(try await states() == [.sent, .sent, .sent])
    }

    @Test("What was never sent cannot come back")
    func earlyBounce() async throws {
        try await add(1)
        try await bounce(of: 1)
        #expect(try await states() == [.queued])
    }

    private func list(
        above id: Int64 = 0, kind: DeliveryKind = .unspecified, language: String = "", mailboxID: Int64 = 0,
        limit: Int = 1_000
    ) async throws -> [Int64] {
        try await store.read { reader in
            try TemplateStore.list(
                above: id, kind: kind, language: language, mailboxID: mailboxID, limit: limit, in: reader
            ).map(\.id)
        }
    }

    @Test("A mailbox's own template counts before a changed original, and that before the original")
    func templates() async throws {
        func best(mailbox: Int64) async throws -> String {
            try await store.read { try TemplateStore.best(.reply, .polish, mailboxID: mailbox, in: $0).subject }
        }
        let original = OriginalTemplates.template(.reply, .polish)
        #expect(try await best(mailbox: 2) == original.subject)
        try await store.write("test") { transaction in
            var changed = original
            changed.subject = "changed"
            try TemplateStore.save(changed, in: transaction)
            (changed.id, changed.mailboxID, changed.subject) = (1_001, 2, "own")
            try TemplateStore.save(changed, in: transaction)
        }
        #expect(try await best(mailbox: 1) == "changed")
        #expect(try await best(mailbox: 2) == "own")
        #expect(try await store.read { try TemplateStore.countOwn(in: $0) } == 1)
        let all = OriginalTemplates.all.map(\.id).sorted() + [1_001]
        #expect(try await list() == all)
        #expect(try await list(limit: 3) == Array(all.prefix(3)))
        #expect(try await list(above: all[1], limit: 2) == Array(all[2...3]))
        #expect(try await list(kind: .reply, language: "pl") == [original.id, 1_001])
        #expect(try await list(mailboxID: 2) == [1_001])
        #expect(try await list(mailboxID: 3) == [])
        try await store.write("test") { try TemplateStore.remove(original.id, in: $0) }
        #expect(try await best(mailbox: 1) == original.subject)
    }
}

extension DeliveryStoreTests {
    @Test("What waited before there were more states is queued, or deferred once it was tried")
    func migration() async throws {
        let older = try TestFolder()
        func open(_ migrations: [Migration]) throws -> Store {
            try Store.open(
                StoreConfiguration(
                    folder: older.path + "/notification", service: "notification", migrations: migrations,
                    database: TestDatabase.at(older.path + "/notification")),
                clock: clock)
        }
        let old = try open(Array(Schema.migrations.prefix(3)))
        try await old.write("test") { transaction in
            for (id, attempts, state) in [(1, 0, 1), (2, 3, 1), (3, 1, 2)] {
                try transaction.execute(
                    """
                    INSERT INTO deliveries (id, kind, cause, ticket_id, message_id, user_id, detail, recipient, state, attempts,
                        next_attempt_at_ms, last_error, message_id_header, created_at_ms, sent_at_ms)
                    VALUES (?, 3, ?, 1, 1, 0, '', '', ?, ?, 0, '', '', 0, 0)
                    """,
                    [.integer(Int64(id)), .text("intake:1:\(id)"), .integer(Int64(state)), .integer(Int64(attempts))])
            }
        }
        await old.close()
        let new = try open(Schema.migrations)
        let states = try await new.read { reader in
            try (Int64(1)...3).map { try DeliveryStore.find($0, in: reader)?.delivery.state }
        }
        #expect(states == [.queued, .deferred, .sent])
        await new.close()
    }
}
