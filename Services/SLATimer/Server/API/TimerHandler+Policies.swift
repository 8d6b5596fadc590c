import Model
import ServiceKit
import Store
import Wire

extension TimerHandler {
    /// The most policies: each is asked for each ticket.
    static let limitPolicies = 200

    func createPolicy(_ request: SLAPolicy, _ context: CallContext) async throws -> SLAPolicy {
        let policy = try await store.perform(context, request) { transaction in
            try refuse(violations(request, transaction))
            guard try transaction.policyCount() < Int64(Self.limitPolicies) else {
                throw RPCError.tooMany("SLA policies", limit: Self.limitPolicies)
            }
            try transaction.raiseGeneration()
            return try transaction.save(request)
        }
        try await refreshTimers()
        return policy
    }

    func getPolicy(_ request: GetPolicyRequest, _ context: CallContext) async throws -> SLAPolicy {
        guard let policy = try await store.read({ try $0.policy(request.id) }) else {
            throw RPCError.notFound("SLA policy \(request.id)")
        }
        return policy
    }

    func listPolicies(_ request: ListPoliciesRequest, _ context: CallContext) async throws -> ListPoliciesResponse {
        let list = "sla_policies.position"
        let limit = try ListLimit.items(request.limit)
        let cursor = try ListCursor.decode(request.cursor, for: list, shape: [.integer(0), .integer(0)])
        var policies = try await store.read { try $0.policies() }
        if let cursor, case .integer(let position) = cursor.values[0], case .integer(let id) = cursor.values[1] {
            policies.removeAll { (Int64($0.position), $0.id) <= (position, id) }
        }
        let page = Array(policies.prefix(limit))
        guard page.count < policies.count, let last = page.last else { return ListPoliciesResponse(policies: page) }
        let next = ListCursor([.integer(Int64(last.position)), .integer(last.id)])
        return ListPoliciesResponse(policies: page, nextCursor: next.encoded(for: list))
    }

    func updatePolicy(_ request: SLAPolicy, _ context: CallContext) async throws -> SLAPolicy {
        let policy = try await store.perform(context, request) { transaction in
            guard let old = try transaction.policy(request.id) else {
                throw RPCError.notFound("SLA policy \(request.id)")
            }
            guard request.version == 0 || request.version == old.version else {
                throw RPCError.staleVersion("the policy is at version \(old.version)", current: try old.serialized())
            }
            try refuse(violations(request, transaction))
            try transaction.raiseGeneration()
            return try transaction.save(request, replacing: old)
        }
        try await refreshTimers()
        return policy
    }

    func deletePolicy(_ request: GetPolicyRequest, _ context: CallContext) async throws -> Deleted {
        let deleted = try await store.perform(context, request) { transaction in
            guard try transaction.policy(request.id) != nil else { throw RPCError.notFound("SLA policy \(request.id)") }
            try transaction.raiseGeneration()
            try transaction.removePolicy(request.id)
            return Deleted()
        }
        try await refreshTimers()
        return deleted
    }

    private func violations(_ policy: SLAPolicy, _ transaction: Transaction) throws -> [Violation] {
        let calendar = try transaction.calendar(policy.calendarID).flatMap(timers.compiled)
        return policy.violations(calendar: calendar, now: transaction.nowMilliseconds)
    }
}
