import Model
import ServiceKit
import Store

/// Writes down what became of a delivery: its state, the address that proved not to exist, and the journal.
enum Settlement {
    /// Ends a sending. Where the mail came back while it was under way, that has the last word: it was taken, whatever else was heard.
    /// - Parameters:
    ///   - delivery: as it stands after the sending.
    ///   - code: for the journal.
    /// - Returns: the delivery as it was written down.
    static func end(
        _ delivery: Delivery, code: String, traceParent: String, in transaction: Transaction
    ) throws -> Delivery {
        if let bounce = try DeliveryStore.earlyBounce(of: delivery.id, in: transaction) {
            return try bounced(delivery, code: bounce, cause: nil, traceParent: traceParent, in: transaction)
        }
        try write(delivery, code: code, cause: nil, traceParent: traceParent, in: transaction)
        return delivery
    }

    /// The delivery came back.
    /// - Parameters:
    ///   - code: a status (RFC 3463), or "bounced".
    ///   - isProved: whether only who got the mail can have said so. What is not proved suppresses no address.
    @discardableResult
    static func bounced(
        _ delivery: Delivery, code: String, isProved: Bool = true, cause: JournalEntry?, traceParent: String = "",
        in transaction: Transaction
    ) throws -> Delivery {
        var delivery = delivery
        delivery.state = .bounced
        delivery.lastError = code == unknownBounce ? code : "bounced: \(code)"
        delivery.bouncedAtMilliseconds = transaction.nowMilliseconds
        try write(
            delivery, code: code, suppresses: isProved, cause: cause, traceParent: traceParent, in: transaction)
        return delivery
    }

    private static func write(
        _ delivery: Delivery, code: String, suppresses: Bool = true, cause: JournalEntry?, traceParent: String,
        in transaction: Transaction
    ) throws {
        try DeliveryStore.update(delivery, in: transaction)
        if suppresses, [.failed, .bounced].contains(delivery.state), let status = DeadAddress.status(in: code) {
            try SuppressionStore.add(delivery, status: status, in: transaction)
        }
        try DeliveryPlanner.journal(
            delivery, code: code, cause: cause, traceParent: traceParent, in: transaction)
    }

    /// Whether a delivery of which nobody knows how its sending ended came back meanwhile: then it is bounced.
    static func takeEarlyBounce(_ id: Int64, in transaction: Transaction) throws -> Bool {
        guard let bounce = try DeliveryStore.earlyBounce(of: id, in: transaction),
            let planned = try DeliveryStore.find(id, in: transaction)
        else { return false }
        try bounced(
            planned.delivery, code: bounce, cause: nil, traceParent: planned.traceParent, in: transaction)
        return true
    }

    /// Stands for a bounce that names no status.
    static let unknownBounce = "bounced"
}
