import Model
import ServiceKit
import Store

/// What is kept of blocked senders' mail.
enum SuspendedMailLimits {
    /// How long.
    static let days: Int64 = 30
    static let milliseconds = days * 24 * 3_600_000
    /// The most mails; beyond, the oldest go first.
    static let mostMails: Int64 = 10_000
}

extension Reader {
    /// The block that is on one of the addresses, or on a domain that holds it.
    func blockedSenderID(of addresses: [MailboxAddress]) throws -> Int64? {
        for address in addresses {
            let labels = address.domain.split(separator: ".")
            // An address, its domain, and up to four above it.
            var names = [address.text]
            for start in labels.indices.prefix(5) { names.append(labels[start...].joined(separator: ".")) }
            names += Array(repeating: address.text, count: 6 - names.count)
            let found = try row(
                "SELECT id FROM blocked_senders WHERE sender IN (?, ?, ?, ?, ?, ?) AND removed_at IS NULL LIMIT 1",
                names.map { .text($0) })
            if let found { return try found.int("id") }
        }
        return nil
    }

    func blockedSender(_ id: Int64) throws -> BlockedSender? {
        try row("SELECT * FROM blocked_senders WHERE id = ? AND removed_at IS NULL", [.integer(id)]).map(blockedSender)
    }

    func blockedSender(_ sender: String) throws -> BlockedSender? {
        try row("SELECT * FROM blocked_senders WHERE sender = ? AND removed_at IS NULL", [.text(sender)])
            .map(blockedSender)
    }

    /// In order of ids, after one.
    func blockedSenders(after: Int64, limit: Int) throws -> [BlockedSender] {
        try rows(
            "SELECT * FROM blocked_senders WHERE id > ? AND removed_at IS NULL ORDER BY id LIMIT ?",
            [.integer(after), .integer(Int64(limit))]
        ).map(blockedSender)
    }

    private func blockedSender(_ row: Row) throws -> BlockedSender {
        BlockedSender(
            id: try row.int("id"), sender: try row.text("sender"), reason: try row.text("reason"),
            createdAtMilliseconds: try row.int("created_at"),
            createdBy: Actor(
                kind: try known("created_by_kind", row, ActorKind.init(rawValue:)), id: try row.int("created_by_id"),
                name: try row.text("created_by_service")))
    }
}

extension Transaction {
    func insertBlockedSender(_ new: BlockedSender, by provenance: Provenance) throws -> BlockedSender {
        var sender = new
        sender.id = try nextID("blocked_sender")
        sender.createdAtMilliseconds = nowMilliseconds
        sender.createdBy = provenance.actor
        try execute(
            """
            INSERT INTO blocked_senders
                (id, sender, reason, created_at, created_by_kind, created_by_id, created_by_service)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(sender.id), .text(sender.sender), .text(sender.reason), .integer(nowMilliseconds),
                number(provenance.actor.kind), .integer(provenance.actor.id), .text(provenance.actor.name),
            ])
        try record(sender.id, isBlocked: true, provenance)
        return sender
    }

    /// The row stays, with who took the block off and when.
    func removeBlockedSender(_ id: Int64, by provenance: Provenance) throws {
        try execute(
            """
            UPDATE blocked_senders
            SET removed_at = ?, removed_by_kind = ?, removed_by_id = ?, removed_by_service = ? WHERE id = ?
            """,
            [
                .integer(nowMilliseconds), number(provenance.actor.kind), .integer(provenance.actor.id),
                .text(provenance.actor.name), .integer(id),
            ])
        try record(id, isBlocked: false, provenance)
    }

    private func record(_ id: Int64, isBlocked: Bool, _ provenance: Provenance) throws {
        let changed = BlockedSenderChanged(blockedSenderID: id, blocked: isBlocked)
        try journal(.blockedSenderChanged(changed), actor: provenance.actor, traceParent: provenance.traceParent)
    }
}
