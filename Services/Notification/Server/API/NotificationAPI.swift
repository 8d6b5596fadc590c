import Model
import ServiceKit
import Store
import Wire

/// The RPC face of Notification.
struct NotificationAPI: NotificationHandler {
    let store: Store
    let sender: Sender
    let clock: any WallClock

    func listDeliveries(
        _ request: ListDeliveriesRequest, _ context: CallContext
    ) async throws -> ListDeliveriesResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "deliveries")
        return try await store.read { reader in
            let (deliveries, next) = page.cut(
                try DeliveryStore.list(
                    below: page.beforeID, ticketID: request.ticketID, state: request.state, limit: page.readLimit,
                    in: reader), id: \.id)
            return ListDeliveriesResponse(deliveries: deliveries, nextCursor: next)
        }
    }

    func getDelivery(_ request: GetDeliveryRequest, _ context: CallContext) async throws -> Delivery {
        try await store.read { reader in try Self.found(request.id, in: reader).delivery }
    }

    func retryDelivery(_ request: GetDeliveryRequest, _ context: CallContext) async throws -> Delivery {
        let delivery = try await store.perform(context, request) { transaction in
            let planned = try Self.found(request.id, in: transaction)
            var delivery = planned.delivery
            // What is on its way needs no push.
            guard delivery.state != .sending else { return delivery }
            guard delivery.state != .sent else {
                throw RPCError(
                    .failedPrecondition, "delivery \(delivery.id) is \(delivery.state.name)",
                    detail: ErrorDetail(code: "not_retriable"))
            }
            delivery.state = delivery.attempts == 0 ? .queued : .deferred
            delivery.nextAttemptAtMilliseconds = 0
            try DeliveryStore.update(delivery, in: transaction)
            // Whoever wants it sent vouches for the address.
            try SuppressionStore.lift(address: delivery.recipient, in: transaction)
            try DeliveryPlanner.journal(
                delivery, cause: nil, traceParent: planned.traceParent, in: transaction)
            return delivery
        }
        sender.hurry()
        return delivery
    }

    func listSuppressions(
        _ request: ListSuppressionsRequest, _ context: CallContext
    ) async throws -> ListSuppressionsResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "suppressions")
        return try await store.read { reader in
            let (suppressions, next) = page.cut(
                try SuppressionStore.list(
                    below: page.beforeID, address: request.address, limit: page.readLimit, in: reader), id: \.id)
            return ListSuppressionsResponse(suppressions: suppressions, nextCursor: next)
        }
    }

    func removeSuppression(_ request: GetSuppressionRequest, _ context: CallContext) async throws -> Suppression {
        try await store.perform(context, request) { transaction in
            guard let suppression = try SuppressionStore.find(request.id, in: transaction) else {
                throw RPCError.notFound("suppression \(request.id)")
            }
            try SuppressionStore.lift(request.id, in: transaction)
            return suppression
        }
    }

    private static func found(_ id: Int64, in reader: Reader) throws -> PlannedDelivery {
        guard let planned = try DeliveryStore.find(id, in: reader) else { throw RPCError.notFound("delivery \(id)") }
        return planned
    }
}
