import Model
import Store

@testable import NotificationServer

/// What must hold of Notification's store.
struct NotificationInvariants {
    private var counted: [String: Int64] = [:]
    private var wanted: Int64 = 0

    /// Each entry that asks for a mail has one delivery, in the transaction that reads of it.
    mutating func check(_ chronicle: Chronicle, _ reader: Reader) throws {
        for source in ["intake", "sla-timer"] {
            for entry in chronicle.applied(by: "notification", of: source, since: counted[source] ?? 0) {
                wanted += Int64(DeliveryPlanner.plans(entry).count)
            }
            counted[source] = chronicle.cursor(of: "notification", in: source)
        }
        let found = try reader.row("SELECT count(*) AS n FROM deliveries")?.int("n") ?? 0
        guard found == wanted else {
            throw Violated("one effect per entry", "\(wanted) entries ask for a mail, there are \(found) deliveries")
        }
    }

    /// A delivery that should have been tried a while ago.
    static func unrest(_ now: Int64, _ reader: Reader) throws -> String? {
        try reader.row(
            "SELECT id FROM deliveries WHERE state IN (5, 7) AND next_attempt_at_ms <= ? LIMIT 1",
            [.integer(now - 32_000)]
        ).map { "delivery \(try $0.int("id")) is overdue" }
    }

    /// What counts as sent was taken by the post, at one address.
    static func checkEnd(_ post: Post, _ reader: Reader) throws {
        for row in try reader.rows("SELECT id, recipient FROM deliveries WHERE state = 2") {
            let id = try row.int("id")
            guard post.sent[id]?.contains(try row.text("recipient")) == true else {
                throw Violated("what counts as sent was sent", "delivery \(id)")
            }
        }
    }
}
