import Model
import Store

/// What waits, what is under way, and what came back.
extension DeliveryStore {
    /// How many deliveries wait or are under way, and when the oldest was asked for; 0 when there is none. Those that are planned for later,
    /// as surveys are, wait for nothing but their time.
    static func waiting(at nowMilliseconds: Int64, in reader: Reader) throws -> (
        count: Int64, oldestMilliseconds: Int64
    ) {
        let row = try reader.row(
            """
            SELECT count(*) AS waiting, coalesce(min(created_at_ms), 0) AS oldest FROM deliveries
            WHERE state IN (6, 7) OR (state = 5 AND next_attempt_at_ms <= ?)
            """, [.integer(nowMilliseconds)])
        return (try row?.int("waiting") ?? 0, try row?.int("oldest") ?? 0)
    }

    /// Whether any delivery's time has come.
    static func isAnyDue(at nowMilliseconds: Int64, in reader: Reader) throws -> Bool {
        try !due(at: nowMilliseconds, limit: 1, in: reader).isEmpty
    }

    /// Takes what is due in hand, the earliest first: it is `sending` until it is settled or released.
    static func claim(
        at nowMilliseconds: Int64, limit: Int, in transaction: Transaction
    ) throws -> [PlannedDelivery] {
        try due(at: nowMilliseconds, limit: limit, in: transaction).map { planned in
            var planned = planned
            planned.delivery.state = .sending
            try transaction.execute(
                "UPDATE deliveries SET state = 6, early_bounce = '' WHERE id = ?", [.integer(planned.delivery.id)])
            return planned
        }
    }

    /// Lets everything go that an earlier life had in hand: nobody knows whether it went out, so it is due again. What came back meanwhile did.
    static func releaseAll(in transaction: Transaction) throws {
        let cameBack = try transaction.rows("SELECT id FROM deliveries WHERE state = 6 AND early_bounce <> ''")
        for row in cameBack { _ = try Settlement.takeEarlyBounce(try row.int("id"), in: transaction) }
        try transaction.execute(
            """
            UPDATE deliveries SET state = CASE WHEN attempts = 0 THEN 5 ELSE 7 END, next_attempt_at_ms = 0
            WHERE state = 6
            """)
    }

    /// Lets one delivery go whose outcome could not be written down.
    static func release(_ id: Int64, until nextMilliseconds: Int64, in transaction: Transaction) throws {
        if try Settlement.takeEarlyBounce(id, in: transaction) { return }
        try transaction.execute(
            """
            UPDATE deliveries SET state = CASE WHEN attempts = 0 THEN 5 ELSE 7 END, next_attempt_at_ms = ?
            WHERE id = ? AND state = 6
            """,
            [.integer(nextMilliseconds), .integer(id)])
    }

    /// Keeps that a delivery came back while it is being sent, until that has ended.
    /// - Parameter code: a status (RFC 3463), or "bounced".
    static func keep(earlyBounce code: String, of id: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE deliveries SET early_bounce = ? WHERE id = ? AND state = 6", [.text(code), .integer(id)])
    }

    /// What came back of a delivery while it is being sent; nil for nothing.
    static func earlyBounce(of id: Int64, in reader: Reader) throws -> String? {
        try reader.row(
            "SELECT early_bounce FROM deliveries WHERE id = ? AND state = 6 AND early_bounce <> ''", [.integer(id)]
        )?.text("early_bounce")
    }

    /// The reply that came back: the one with the bounce's tag; where that has none, one that was sent without, or the ticket's only one with that
    /// message: copies share it and its Message-ID, so of several nobody knows which came back. Nothing that went to an agent: whoever has had
    /// a mail of the ticket can send a bounce of it.
    static func bounced(_ bounce: MailBounced, ticketID: Int64, in reader: Reader) throws -> Delivery? {
        guard !bounce.deliveryTag.isEmpty || bounce.deliveryID != 0 || bounce.messageID != 0 else { return nil }
        let rows = try reader.rows(
            select + """
                 WHERE ticket_id = ?1 AND kind = ?2 AND user_id = 0
                    AND ((bounce_tag = ?3 AND ?3 <> '')
                        OR (id = ?4 AND ?4 <> 0 AND ?3 = '' AND bounce_tag = '')
                        OR (message_id = ?5 AND ?4 = 0 AND ?3 = ''))
                LIMIT 2
                """,
            [
                .integer(ticketID), .integer(Int64(DeliveryKind.reply.rawValue)), .text(bounce.deliveryTag),
                .integer(bounce.deliveryID), .integer(bounce.messageID),
            ])
        guard rows.count == 1 else { return nil }
        return try planned(rows[0]).delivery
    }
}
