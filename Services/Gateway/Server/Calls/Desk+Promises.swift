import HTTPTypes
import Model
import Wire

// MARK: Calendars

extension Desk {
    func createCalendar(_ call: APICall) async throws -> Answer {
        var calendar = BusinessCalendar()
        try calendar.apply(call.json)
        let created = try await peers.slaTimer.createCalendar(calendar, call.options)
        return .json(.calendar(created), .created).with(.location, "/api/v1/calendars/\(created.id)")
    }

    func getCalendar(_ call: APICall) async throws -> Answer {
        .json(.calendar(try await peers.slaTimer.getCalendar(GetCalendarRequest(id: try call.id()), call.options)))
    }

    func listCalendars(_ call: APICall) async throws -> Answer {
        let list = try await peers.slaTimer.listCalendars(
            ListCalendarsRequest(limit: call.limit, cursor: call.cursor), call.options)
        return .json(Self.page(list.calendars.map { .calendar($0) }, list.nextCursor))
    }

    func updateCalendar(_ call: APICall) async throws -> Answer {
        var calendar = try await peers.slaTimer.getCalendar(GetCalendarRequest(id: try call.id()), call.options)
        try calendar.apply(call.json)
        return .json(.calendar(try await peers.slaTimer.updateCalendar(calendar, call.options)))
    }

    func deleteCalendar(_ call: APICall) async throws -> Answer {
        _ = try await peers.slaTimer.deleteCalendar(GetCalendarRequest(id: try call.id()), call.options)
        return Answer(status: .noContent)
    }

    func previewCalendar(_ call: APICall) async throws -> Answer {
        let request = try PreviewCalendarRequest(call.json)
        let preview = try await peers.slaTimer.previewCalendar(request, call.options)
        let explanation = JSONValue.array(preview.explanation.map { .interval($0) })
        if request.untilMilliseconds != nil {
            let business = ISO8601Duration(milliseconds: preview.businessMilliseconds).description
            return .json(["business": .string(business), "explanation": explanation])
        }
        let dueAt = Instant(milliseconds: preview.dueAtMilliseconds).description
        return .json(["due_at": .string(dueAt), "explanation": explanation])
    }
}

// MARK: Policies

extension Desk {
    func createPolicy(_ call: APICall) async throws -> Answer {
        var policy = SLAPolicy()
        policy.apply(call.json)
        let created = try await peers.slaTimer.createPolicy(policy, call.options)
        return .json(.policy(created), .created).with(.location, "/api/v1/sla_policies/\(created.id)")
    }

    func getPolicy(_ call: APICall) async throws -> Answer {
        .json(.policy(try await peers.slaTimer.getPolicy(GetPolicyRequest(id: try call.id()), call.options)))
    }

    func listPolicies(_ call: APICall) async throws -> Answer {
        let list = try await peers.slaTimer.listPolicies(
            ListPoliciesRequest(limit: call.limit, cursor: call.cursor), call.options)
        return .json(Self.page(list.policies.map { .policy($0) }, list.nextCursor))
    }

    func updatePolicy(_ call: APICall) async throws -> Answer {
        var policy = try await peers.slaTimer.getPolicy(GetPolicyRequest(id: try call.id()), call.options)
        policy.apply(call.json)
        return .json(.policy(try await peers.slaTimer.updatePolicy(policy, call.options)))
    }

    func deletePolicy(_ call: APICall) async throws -> Answer {
        _ = try await peers.slaTimer.deletePolicy(GetPolicyRequest(id: try call.id()), call.options)
        return Answer(status: .noContent)
    }
}

// MARK: Deliveries

extension Desk {
    func listDeliveries(_ call: APICall) async throws -> Answer {
        let list = try await peers.notification.listDeliveries(
            ListDeliveriesRequest(
                ticketID: call.integer("ticket_id") ?? 0,
                state: DeliveryState(name: call.text("state")) ?? .unspecified,
                limit: call.limit, cursor: call.cursor), call.options)
        return .json(Self.page(list.deliveries.map { .delivery($0) }, list.nextCursor))
    }

    func getDelivery(_ call: APICall) async throws -> Answer {
        .json(.delivery(try await peers.notification.getDelivery(GetDeliveryRequest(id: try call.id()), call.options)))
    }

    func listSuppressions(_ call: APICall) async throws -> Answer {
        let list = try await peers.notification.listSuppressions(
            ListSuppressionsRequest(address: call.text("address"), limit: call.limit, cursor: call.cursor),
            call.options)
        return .json(Self.page(list.suppressions.map { .suppression($0) }, list.nextCursor))
    }

    func removeSuppression(_ call: APICall) async throws -> Answer {
        _ = try await peers.notification.removeSuppression(GetSuppressionRequest(id: try call.id()), call.options)
        return Answer(status: .noContent)
    }

    func retryDelivery(_ call: APICall) async throws -> Answer {
        .json(
            .delivery(try await peers.notification.retryDelivery(GetDeliveryRequest(id: try call.id()), call.options)))
    }
}
