import Model
import Store

/// Deliveries, and the SQL that keeps them.
enum DeliveryStore {
    /// Enters a delivery unless the same entry asked for it before; nil then. It is due when it says, at once for 0.
    static func add(_ planned: PlannedDelivery, in transaction: Transaction) throws -> Delivery? {
        var delivery = planned.delivery
        guard try find(delivery.kind, cause: planned.cause, in: transaction) == nil else { return nil }
        delivery.id = try transaction.nextID("delivery")
        delivery.createdAtMilliseconds = transaction.nowMilliseconds
        delivery.state = .queued
        // What is planned for no time is due at once, by whatever clock: the transaction's may stand in the future after the wall clock was set
        // back.
        try transaction.execute(
            """
            INSERT INTO deliveries (id, kind, cause, ticket_id, message_id, user_id, detail, recipient, state, attempts,
                next_attempt_at_ms, last_error, message_id_header, created_at_ms, sent_at_ms, trace_parent,
                participant_id, bounce_tag)
            VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, 0, ?, '', '', ?, 0, ?, ?, ?)
            """,
            [
                .integer(delivery.id), .integer(Int64(delivery.kind.rawValue)), .text(planned.cause),
                .integer(delivery.ticketID), .integer(delivery.messageID), .integer(planned.userID),
                .text(planned.detail), .integer(Int64(delivery.state.rawValue)),
                .integer(delivery.nextAttemptAtMilliseconds), .integer(delivery.createdAtMilliseconds),
                .text(planned.traceParent), .integer(planned.participantID), .text(DeliveryTag.make()),
            ])
        return delivery
    }

    static func find(_ kind: DeliveryKind, cause: String, in reader: Reader) throws -> PlannedDelivery? {
        try reader.row(
            select + " WHERE kind = ? AND cause = ?", [.integer(Int64(kind.rawValue)), .text(cause)]
        ).map(planned)
    }

    static func find(_ id: Int64, in reader: Reader) throws -> PlannedDelivery? {
        try reader.row(select + " WHERE id = ?", [.integer(id)]).map(planned)
    }

    /// Queued and deferred deliveries whose time has come, the earliest first.
    static func due(at nowMilliseconds: Int64, limit: Int, in reader: Reader) throws -> [PlannedDelivery] {
        try reader.rows(
            select + " WHERE state IN (5, 7) AND next_attempt_at_ms <= ? ORDER BY next_attempt_at_ms, id LIMIT ?",
            [.integer(nowMilliseconds), .integer(Int64(limit))]
        ).map(planned)
    }

    /// When the next queued or deferred delivery is due; nil when none waits.
    static func nextDue(in reader: Reader) throws -> Int64? {
        try reader.row(
            """
            SELECT next_attempt_at_ms FROM deliveries WHERE state IN (5, 7) ORDER BY next_attempt_at_ms, id LIMIT 1
            """
        ).map { try $0.int("next_attempt_at_ms") }
    }

    static func update(_ delivery: Delivery, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE deliveries SET recipient = ?, state = ?, attempts = ?, next_attempt_at_ms = ?, last_error = ?,
                message_id_header = ?, sent_at_ms = ?, relay = ?, bounced_at_ms = ?, requester_id = ? WHERE id = ?
            """,
            [
                .text(delivery.recipient), .integer(Int64(delivery.state.rawValue)),
                .integer(Int64(delivery.attempts)), .integer(delivery.nextAttemptAtMilliseconds),
                .text(delivery.lastError), .text(delivery.messageIDHeader), .integer(delivery.sentAtMilliseconds),
                .text(delivery.relay), .integer(delivery.bouncedAtMilliseconds), .integer(delivery.requesterID),
                .integer(delivery.id),
            ])
    }

    /// How many other deliveries of its kind its address was sent since an instant or is about to get.
    static func admitted(besides delivery: Delivery, since: Int64, in reader: Reader) throws -> Int {
        let row = try reader.row(
            """
            SELECT (SELECT count(*) FROM deliveries
                    WHERE state = 2 AND recipient = ?1 AND kind = ?2 AND sent_at_ms >= ?3 AND id <> ?4)
                + (SELECT count(*) FROM deliveries
                    WHERE state IN (5, 6, 7) AND recipient = ?1 AND kind = ?2 AND id <> ?4) AS admitted
            """,
            [
                .text(delivery.recipient), .integer(Int64(delivery.kind.rawValue)), .integer(since),
                .integer(delivery.id),
            ])
        return try Int(row?.int("admitted") ?? 0)
    }

    /// Newest first, below an id; of one ticket and state unless they are 0 and unspecified. All that is not settled counts as waiting.
    static func list(
        below id: Int64, ticketID: Int64, state: DeliveryState, limit: Int, in reader: Reader
    ) throws -> [Delivery] {
        var conditions = ["id < ?"]
        var values: [Value] = [.integer(id)]
        if ticketID != 0 {
            conditions.append("ticket_id = ?")
            values.append(.integer(ticketID))
        }
        if state == .waiting {
            conditions.append("state IN (5, 6, 7)")
        } else if state != .unspecified {
            conditions.append("state = ?")
            values.append(.integer(Int64(state.rawValue)))
        }
        values.append(.integer(Int64(limit)))
        return try reader.rows(
            select + " WHERE " + conditions.joined(separator: " AND ") + " ORDER BY id DESC LIMIT ?", values
        ).map { try planned($0).delivery }
    }

    static let select = """
        SELECT id, kind, cause, ticket_id, message_id, user_id, detail, recipient, state, attempts, next_attempt_at_ms,
            last_error, message_id_header, created_at_ms, sent_at_ms, trace_parent, relay, bounced_at_ms,
            requester_id, participant_id, bounce_tag FROM deliveries
        """

    static func planned(_ row: Row) throws -> PlannedDelivery {
        PlannedDelivery(
            delivery: Delivery(
                id: try row.int("id"), kind: DeliveryKind(rawValue: Int32(try row.int("kind"))) ?? .unspecified,
                ticketID: try row.int("ticket_id"), messageID: try row.int("message_id"),
                recipient: try row.text("recipient"),
                state: DeliveryState(rawValue: Int32(try row.int("state"))) ?? .unspecified,
                attempts: Int32(try row.int("attempts")),
                nextAttemptAtMilliseconds: try row.int("next_attempt_at_ms"), lastError: try row.text("last_error"),
                messageIDHeader: try row.text("message_id_header"),
                createdAtMilliseconds: try row.int("created_at_ms"), sentAtMilliseconds: try row.int("sent_at_ms"),
                relay: try row.text("relay"), bouncedAtMilliseconds: try row.int("bounced_at_ms"),
                requesterID: try row.int("requester_id")),
            cause: try row.text("cause"), userID: try row.int("user_id"),
            participantID: try row.int("participant_id"), detail: try row.text("detail"),
            traceParent: try row.text("trace_parent"), bounceTag: try row.text("bounce_tag"))
    }
}
