import FirstlineTesting
import Logging
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import IntakeServer

@Suite("Blocked senders")
struct BlockedSenderTests {
    private static let lead = Caller(role: .lead, userID: 8)

    @discardableResult
    private static func block(_ desk: Desk, _ sender: String) async throws -> BlockedSender {
        try await desk.api.createBlockedSender(BlockedSender(sender: sender, reason: "Spam"), desk.call(lead))
    }

    private static func suspended(_ desk: Desk) async throws -> [SuspendedMail] {
        try await desk.api.listSuspendedMails(ListSuspendedMailsRequest(), desk.call(lead)).mails
    }

    @Test(
        "A blocked address or domain opens and touches no ticket; its mail is kept apart, once",
        arguments: ["maria@customer.example", "Customer.example", "@customer.example", "MARIA@customer.example"])
    func blocked(sender: String) async throws {
        try await Desk.open { desk in
            let first = try await desk.accept(Mails.with { $0.headers = ["Message-ID: <first@customer.example>"] })
            let address = try await desk.replyAddress(first.ticketID)
            let blocked = try await Self.block(desk, sender)
            let raw = Mails.with { $0.headers = ["In-Reply-To: <first@customer.example>"] }
            for (to, repeated) in [("support@desk.example", false), ("support@desk.example", true), (address, false)] {
                let outcome = try await desk.accept(raw, to: to)
                #expect(outcome.ticketID == 0 && outcome.suspendedMailID > 0 && outcome.isRepeated == repeated)
            }
            #expect(try await desk.messages(first.ticketID).count == 1)
            let kept = try await Self.suspended(desk)
            #expect(kept.map(\.sender) == ["maria@customer.example", "maria@customer.example"])
            #expect(kept[0].blockedSenderID == blocked.id && kept[0].subject == "Help")
            #expect(kept[0].sizeBytes == Int64(raw.count))
            let hash = try #require(try await desk.store.read { try $0.suspendedMailSource(kept[0].id) })
            #expect(try await desk.blobs.all(hash, limit: 1_000_000) == raw)
        }
    }

    @Test("Below a domain is blocked too, beside and above it is not; the envelope's sender counts as well")
    func reach() async throws {
        try await Desk.open { desk in
            try await Self.block(desk, "evil.example")
            for (from, envelope, isBlocked) in [
                ("a@mail.evil.example", "a@other.example", true), ("a@notevil.example", "a@notevil.example", false),
                ("a@other.example", "bounce@evil.example", true), ("a@evil.example.org", nil, false),
            ] {
                let outcome = try await desk.accept(Mails.with { $0.from = from }, envelopeFrom: envelope)
                #expect((outcome.suspendedMailID != 0) == isBlocked, "\(from)")
            }
        }
    }

    @Test("A block is told with who made it and when; taken off, the same mail opens its ticket")
    func unblocked() async throws {
        try await Desk.open { desk in
            let blocked = try await Self.block(desk, "maria@customer.example")
            #expect(blocked.createdBy == Actor(kind: .agent, id: 8) && blocked.createdAtMilliseconds > 0)
            #expect(try await desk.accept(Mails().bytes).suspendedMailID != 0)
            let taken = await #expect(throws: RPCError.self) { try await Self.block(desk, "maria@customer.example") }
            #expect(taken?.code == .alreadyExists)
            let request = DeleteBlockedSenderRequest(id: blocked.id)
            _ = try await desk.api.deleteBlockedSender(request, desk.call(Self.lead))
            let list = ListBlockedSendersRequest()
            #expect(try await desk.api.listBlockedSenders(list, desk.call(Self.lead)).blockedSenders.isEmpty)
            #expect(try await desk.accept(Mails().bytes).ticketID != 0)
            let changes = try await desk.entries().compactMap { entry -> Bool? in
                guard case .blockedSenderChanged(let changed)? = entry.body else { return nil }
                #expect(entry.actor == Actor(kind: .agent, id: 8))
                return changed.blocked
            }
            #expect(changes == [true, false])
            // Who took it off stays on record, and it can be blocked again.
            let removed = try await desk.store.read {
                try $0.row("SELECT removed_by_id FROM blocked_senders WHERE id = ?", [.integer(blocked.id)])?
                    .int("removed_by_id")
            }
            #expect(removed == 8)
            #expect(try await Self.block(desk, "maria@customer.example").id != blocked.id)
        }
    }

    @Test(
        "What is no sender, or is the desk's own, is refused",
        arguments: ["", "example", "a b@c.example", "@", "support@desk.example", "desk.example", "x@y@z.example"])
    func refused(sender: String) async throws {
        try await Desk.open { desk in
            _ = await #expect(throws: InvalidRequest.self) { try await Self.block(desk, sender) }
        }
    }

    @Test("A suspended mail is kept for 30 days, raw source and all, and then forgotten")
    func forgotten() async throws {
        try await Desk.open { desk in
            try await Self.block(desk, "customer.example")
            _ = try await desk.accept(Mails().bytes)
            let kept = try #require(try await Self.suspended(desk).first)
            let unused = UnusedFiles(store: desk.store, blobs: desk.blobs, clock: desk.clock, logger: .init(label: "t"))
            desk.clock.nowMilliseconds += SuspendedMailLimits.milliseconds - 1
            try await unused.collect()
            #expect(try await Self.suspended(desk).count == 1)
            let hash = try #require(try await desk.store.read { try $0.suspendedMailSource(kept.id) })
            #expect(try await desk.blobs.all(hash, limit: 1_000_000) == Mails().bytes)
            desk.clock.nowMilliseconds += 2
            try await unused.collect()
            #expect(try await Self.suspended(desk).isEmpty)
        }
    }
}
