import Model
import Store

/// The addresses to which nothing is sent, for they do not exist, and the SQL that keeps them.
enum SuppressionStore {
    /// How many are kept; beyond that the oldest are forgotten, and found out anew.
    static let most: Int64 = 100_000

    /// Enters the address that a delivery could not reach; one that is there stays as it is.
    static func add(_ delivery: Delivery, status: String, in transaction: Transaction) throws {
        let address = delivery.recipient.lowercased()
        guard !address.isEmpty, try find(address: address, in: transaction) == nil else { return }
        let id = try transaction.nextID("suppression")
        try transaction.execute(
            """
            INSERT INTO suppressions (id, address, status, requester_id, delivery_id, ticket_id, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .text(address), .text(status), .integer(delivery.requesterID), .integer(delivery.id),
                .integer(delivery.ticketID), .integer(transaction.nowMilliseconds),
            ])
        try transaction.execute("DELETE FROM suppressions WHERE id <= ?", [.integer(id - most)])
    }

    static func find(address: String, in reader: Reader) throws -> Suppression? {
        try reader.row("SELECT * FROM suppressions WHERE address = ?", [.text(address.lowercased())]).map(suppression)
    }

    static func find(_ id: Int64, in reader: Reader) throws -> Suppression? {
        try reader.row("SELECT * FROM suppressions WHERE id = ?", [.integer(id)]).map(suppression)
    }

    /// Newest first, below an id; of one address unless it is empty.
    static func list(below id: Int64, address: String, limit: Int, in reader: Reader) throws -> [Suppression] {
        try reader.rows(
            "SELECT * FROM suppressions WHERE id < ? AND (? = '' OR address = ?) ORDER BY id DESC LIMIT ?",
            [
                .integer(id), .text(address.lowercased()), .text(address.lowercased()), .integer(Int64(limit)),
            ]
        ).map(suppression)
    }

    static func lift(_ id: Int64, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM suppressions WHERE id = ?", [.integer(id)])
    }

    static func lift(address: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM suppressions WHERE address = ?", [.text(address.lowercased())])
    }

    /// Mail came from that requester, so their address exists.
    static func lift(requesterID: Int64, in transaction: Transaction) throws {
        guard requesterID != 0 else { return }
        try transaction.execute("DELETE FROM suppressions WHERE requester_id = ?", [.integer(requesterID)])
    }

    private static func suppression(_ row: Row) throws -> Suppression {
        Suppression(
            id: try row.int("id"), address: try row.text("address"), status: try row.text("status"),
            deliveryID: try row.int("delivery_id"), ticketID: try row.int("ticket_id"),
            atMilliseconds: try row.int("at_ms"))
    }
}
