import Model
import Store

/// What waits, what is under way, and what came back.
extension DeliveryStore {
    /// How many deliveries wait or are under way, and when the oldest was asked for; 0 when there is none.
    static func waiting(in reader: Reader) throws -> (count: Int64, oldestMilliseconds: Int64) {
        let row = try reader.row(
            """
            SELECT count(*) AS waiting, coalesce(min(created_at_ms), 0) AS oldest FROM deliveries
            WHERE state IN (5, 6, 7)
            """)
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
                "UPDATE deliveries SET state = 6 WHERE id = ?", [.integer(planned.delivery.id)])
            return planned
        }
    }

    /// Lets everything go that an earlier life had in hand: nobody knows whether it went out, so it is due again.
    static func releaseAll(in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE deliveries SET state = CASE WHEN attempts = 0 THEN 5 ELSE 7 END, next_attempt_at_ms = 0
            WHERE state = 6
            """)
    }

    /// Lets one delivery go whose outcome could not be written down.
    static func release(_ id: Int64, until nextMilliseconds: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE deliveries SET state = CASE WHEN attempts = 0 THEN 5 ELSE 7 END, next_attempt_at_ms = ?
            WHERE id = ? AND state = 6
            """,
            [.integer(nextMilliseconds), .integer(id)])
    }

    /// The reply that came back: the one that the bounce names, or the ticket's with that message. Nothing that went to an agent: whoever has
    /// had a mail of the ticket can send a bounce of it.
    static func bounced(_ bounce: MailBounced, ticketID: Int64, in reader: Reader) throws -> Delivery? {
        guard bounce.deliveryID != 0 || bounce.messageID != 0 else { return nil }
        let reply = Value.integer(Int64(DeliveryKind.reply.rawValue))
        let row =
            bounce.deliveryID != 0
            ? try reader.row(
                select + " WHERE id = ? AND ticket_id = ? AND kind = ? AND user_id = 0",
                [.integer(bounce.deliveryID), .integer(ticketID), reply])
            : try reader.row(
                select + """
                     WHERE ticket_id = ? AND message_id = ? AND kind = ? AND user_id = 0 ORDER BY id DESC LIMIT 1
                    """,
                [.integer(ticketID), .integer(bounce.messageID), reply])
        return try row.map(planned)?.delivery
    }
}
