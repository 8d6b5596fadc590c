import FirstlineTesting
import Model
import ServiceKit
import Store
import Testing

@testable import NotificationServer

@Suite("What comes back, and the addresses that get nothing more")
struct BounceTests {
    private let folder: TestFolder
    private let store: Store
    private let clock = TestClock()

    init() throws {
        folder = try TestFolder()
        store = try Store.notification(in: folder, clock: clock)
    }

    /// A reply to a requester that is being sent.
    /// - Parameter participantID: who gets a copy instead.
    private func sending(to participantID: Int64 = 0) async throws -> Delivery {
        let now = clock.nowMilliseconds
        return try await store.write("test") { transaction in
            let planned = PlannedDelivery(
                delivery: Delivery(kind: .reply, ticketID: 7, messageID: 5), cause: "intake:1:1:\(participantID)",
                userID: 0, participantID: participantID, detail: "")
            _ = try DeliveryStore.add(planned, in: transaction)
            var delivery = try #require(
                try DeliveryStore.claim(at: now, limit: 1, in: transaction).first
            ).delivery
            (delivery.recipient, delivery.requesterID) = ("anna@example.org", 3)
            return delivery
        }
    }

    private func apply(_ body: JournalEntry.Body) async throws {
        try await store.write("test") { transaction in
            let entry = JournalEntry(offset: 99, term: 1, ticketID: 7, body: body)
            try DeliveryPlanner.apply(entry, from: "intake", in: transaction)
        }
    }

    private func bounce(_ status: String = "5.1.1") async throws {
        let tag = try #require(try await store.read { try DeliveryStore.find(1, in: $0) }).bounceTag
        try await apply(.mailBounced(MailBounced(action: "failed", status: status, deliveryTag: tag)))
    }

    /// Makes the delivery one that an earlier version entered.
    private func forgetTag() async throws {
        try await store.write("test") { try $0.execute("UPDATE deliveries SET bounce_tag = '' WHERE id = 1") }
    }

    private func end(_ delivery: Delivery, _ state: DeliveryState, code: String = "") async throws {
        var delivery = delivery
        delivery.state = state
        let ended = delivery
        _ = try await store.write("test") { transaction in
            try Settlement.end(ended, code: code, traceParent: "", in: transaction)
        }
    }

    private var delivery: Delivery {
        get async throws { try #require(try await store.read { try DeliveryStore.find(1, in: $0) }).delivery }
    }

    private var suppressed: [String] {
        get async throws {
            try await store.read { try SuppressionStore.list(below: .max, address: "", limit: 10, in: $0) }.map(
                \.address)
        }
    }

    private var journaled: [DeliveryState] {
        get async throws {
            try await store.read { reader in
                try reader.entries(after: 0, limit: 100).compactMap { row in
                    guard case .deliveryChanged(let changed) = try JournalEntry(row).body else { return nil }
                    #expect(changed.kind == "reply")
                    return changed.state
                }
            }
        }
    }

    @Test(
        "A bounce that is here before its sending has ended is kept, and wins however that ends",
        arguments: [DeliveryState.sent, .deferred, .failed])
    func early(end state: DeliveryState) async throws {
        let sending = try await sending()
        try await bounce()
        #expect(try await delivery.state == .sending)
        try await end(sending, state, code: state == .sent ? "" : "unreachable")
        let bounced = try await delivery
        #expect(bounced.state == .bounced && bounced.lastError == "bounced: 5.1.1")
        #expect(bounced.bouncedAtMilliseconds == clock.nowMilliseconds && bounced.recipient == "anna@example.org")
        #expect(try await journaled == [.bounced])
        #expect(try await suppressed == ["anna@example.org"])
    }

    @Test("A bounce that was kept wins though nobody knows how the sending ended", arguments: [true, false])
    func lostEnd(inNextLife: Bool) async throws {
        _ = try await sending()
        try await bounce("")
        try await store.write("test") { transaction in
            if inNextLife {
                try DeliveryStore.releaseAll(in: transaction)
            } else {
                try DeliveryStore.release(1, until: 0, in: transaction)
            }
        }
        #expect(try await delivery.state == .bounced)
        #expect(try await delivery.lastError == "bounced")
        #expect(try await journaled == [.bounced])
        #expect(try await store.read { try DeliveryStore.nextDue(in: $0) } == nil)
    }

    @Test("What is to be tried again came back, so it was taken")
    func deferred() async throws {
        let sending = try await sending()
        try await end(sending, .deferred, code: "unreachable")
        try await bounce()
        #expect(try await delivery.state == .bounced)
        #expect(try await store.read { try DeliveryStore.nextDue(in: $0) } == nil)
    }

    @Test("A bounce that names a message alone is of the one reply with it, and of none where there are copies")
    func copies() async throws {
        try await end(try await sending(), .sent)
        try await end(try await sending(to: 4), .sent)
        try await apply(.mailBounced(MailBounced(messageID: 5, action: "failed", status: "5.1.1")))
        let states = try await store.read { reader in
            try DeliveryStore.list(below: .max, ticketID: 7, state: .unspecified, limit: 10, in: reader).map(\.state)
        }
        #expect(states == [.sent, .sent])
        #expect(try await suppressed == [])
    }

    @Test("A bounce that names the message of a single reply is of that, and proves nothing of its address")
    func single() async throws {
        try await end(try await sending(), .sent)
        try await apply(.mailBounced(MailBounced(messageID: 5, action: "failed", status: "5.1.1")))
        #expect(try await delivery.state == .bounced)
        #expect(try await suppressed == [])
    }

    @Test("Whoever knows the ticket and counts deliveries makes no bounce of one that has a secret")
    func guessed() async throws {
        try await end(try await sending(), .sent)
        for guess in [
            MailBounced(deliveryID: 1, action: "failed", status: "5.1.1"),
            MailBounced(messageID: 5, deliveryID: 1, action: "failed", status: "5.1.1"),
            MailBounced(messageID: 5, action: "failed", status: "5.1.1", deliveryTag: "00000000"),
        ] {
            try await apply(.mailBounced(guess))
            #expect(try await delivery.state == .sent)
        }
        #expect(try await suppressed == [])
    }

    @Test("A bounce of what an earlier version sent counts, and suppresses nothing")
    func withoutTag() async throws {
        try await end(try await sending(), .sent)
        try await forgetTag()
        try await apply(.mailBounced(MailBounced(deliveryID: 1, action: "failed", status: "5.1.1")))
        #expect(try await delivery.lastError == "bounced: 5.1.1")
        #expect(try await suppressed == [])
    }

    @Test("A bounce that proves nothing keeps no mail from going out", arguments: [true, false])
    func unproved(isSending: Bool) async throws {
        let sending = try await sending()
        if !isSending { try await end(sending, .deferred, code: "unreachable") }
        try await apply(.mailBounced(MailBounced(messageID: 5, action: "failed", status: "5.1.1")))
        if isSending { try await end(sending, .sent) }
        #expect(try await delivery.state == (isSending ? .sent : .deferred))
    }

    @Test("A new sending knows nothing of what came back of the one before")
    func forgotten() async throws {
        let first = try await sending()
        try await bounce()
        try await end(first, .sent)
        let now = clock.nowMilliseconds
        let again = try await store.write("test") { transaction in
            var delivery = try #require(try DeliveryStore.find(1, in: transaction)).delivery
            (delivery.state, delivery.nextAttemptAtMilliseconds) = (.deferred, 0)
            try DeliveryStore.update(delivery, in: transaction)
            return try #require(try DeliveryStore.claim(at: now, limit: 1, in: transaction).first).delivery
        }
        try await end(again, .sent)
        #expect(try await delivery.state == .sent)
    }

    @Test(
        "Only a status that says that there is no such address suppresses it",
        arguments: [
            ("5.1.1", true), ("5.1.2", true), ("5.1.3", true), ("5.1.6", true), ("5.1.10", true), ("5.2.1", true),
            ("5.1.0", false), ("5.1.7", false), ("5.2.2", false), ("5.4.4", false), ("5.7.1", false), ("5.0.0", false),
            ("", false), ("5.1.11", false),
        ])
    func statuses(status: String, isDead: Bool) async throws {
        let sending = try await sending()
        try await end(sending, .sent)
        try await bounce(status)
        #expect(try await delivery.state == .bounced)
        #expect(try await suppressed == (isDead ? ["anna@example.org"] : []))
    }

    @Test(
        "A mail server's final refusal with such a status suppresses too, and no other",
        arguments: [
            (DeliveryState.failed, "550 5.1.1", true), (.failed, "550", false), (.failed, "552 5.2.2", false),
            (.deferred, "450 5.1.1", false), (.failed, "unreachable", false),
        ])
    func refusals(state: DeliveryState, code: String, isDead: Bool) async throws {
        let sending = try await sending()
        try await end(sending, state, code: code)
        #expect(try await suppressed == (isDead ? ["anna@example.org"] : []))
    }

    @Test("Mail from the address lifts it, and nothing else that is added to a ticket does")
    func lifting() async throws {
        let sending = try await sending()
        try await end(sending, .failed, code: "550 5.1.1")
        let author = Actor(kind: .requester, id: 3)
        for added in [
            MessageAdded(author: author, visibility: .public, channel: .web),
            MessageAdded(author: author, visibility: .public, automatic: true, channel: .email),
            MessageAdded(author: Actor(kind: .requester, id: 4), visibility: .public, channel: .email),
            MessageAdded(author: Actor(kind: .agent, id: 3), visibility: .public, channel: .email),
        ] {
            try await apply(.messageAdded(added))
            #expect(try await suppressed == ["anna@example.org"])
        }
        try await apply(.messageAdded(MessageAdded(author: author, visibility: .public, channel: .email)))
        #expect(try await suppressed == [])
    }

    @Test("An address is found whatever its case, entered once, and lifted by its name or id")
    func addresses() async throws {
        let delivery = try await sending()
        try await store.write("test") { transaction in
            for recipient in ["Anna@Example.ORG", "anna@example.org", "boris@example.org"] {
                var other = delivery
                other.recipient = recipient
                try SuppressionStore.add(other, status: "5.1.1", in: transaction)
            }
        }
        #expect(try await suppressed == ["boris@example.org", "anna@example.org"])
        let found = try await store.read { try SuppressionStore.find(address: "ANNA@example.org", in: $0) }
        #expect(found?.status == "5.1.1" && found?.deliveryID == 1 && found?.ticketID == 7)
        try await store.write("test") { transaction in
            try SuppressionStore.lift(address: "Anna@example.org", in: transaction)
            try SuppressionStore.lift(2, in: transaction)
        }
        #expect(try await suppressed == [])
    }
}

@Suite("Mentions")
struct MentionTests {
    private func plans(_ added: MessageAdded) -> [Int64] {
        DeliveryPlanner.plans(JournalEntry(offset: 4, term: 1, ticketID: 7, body: .messageAdded(added)))
            .filter { $0.delivery.kind == .mention }.map(\.userID)
    }

    @Test("An internal note tells each agent whom it names, and never its author")
    func planned() {
        let author = Actor(kind: .agent, id: 9)
        let note = MessageAdded(messageID: 5, author: author, visibility: .internal, mentionedIDs: [8, 9, 10])
        #expect(plans(note) == [8, 10])
        let open = MessageAdded(messageID: 5, author: author, visibility: .public, mentionedIDs: [8])
        #expect(plans(open) == [])
        let requester = MessageAdded(
            messageID: 5, author: Actor(kind: .requester, id: 9), visibility: .internal, mentionedIDs: [9])
        #expect(plans(requester) == [9])
    }
}
