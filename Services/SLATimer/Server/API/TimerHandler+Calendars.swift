import Model
import ServiceKit
import Store
import Wire

extension TimerHandler {
    /// The most calendars.
    static let limitCalendars = 200

    func createCalendar(_ request: BusinessCalendar, _ context: CallContext) async throws -> BusinessCalendar {
        try refuse(request.violations())
        return try await store.perform(context, request) { transaction in
            guard try transaction.calendars(afterID: 0, limit: Self.limitCalendars).count < Self.limitCalendars else {
                throw RPCError.tooMany("calendars", limit: Self.limitCalendars)
            }
            return try transaction.save(request)
        }
    }

    func getCalendar(_ request: GetCalendarRequest, _ context: CallContext) async throws -> BusinessCalendar {
        guard let calendar = try await store.read({ try $0.calendar(request.id) }) else {
            throw RPCError.notFound("calendar \(request.id)")
        }
        return calendar
    }

    func listCalendars(_ request: ListCalendarsRequest, _ context: CallContext) async throws -> ListCalendarsResponse {
        let page = try IDPage(limit: request.limit, cursor: request.cursor, list: "calendars")
        let found = try await store.read { try $0.calendars(afterID: page.afterID, limit: page.readLimit) }
        let cut = page.cut(found) { $0.id }
        return ListCalendarsResponse(calendars: cut.items, nextCursor: cut.nextCursor)
    }

    func updateCalendar(_ request: BusinessCalendar, _ context: CallContext) async throws -> BusinessCalendar {
        try refuse(request.violations())
        let calendar = try await store.perform(context, request) { transaction in
            guard let old = try transaction.calendar(request.id) else {
                throw RPCError.notFound("calendar \(request.id)")
            }
            guard request.version == 0 || request.version == old.version else {
                throw RPCError.staleVersion("the calendar is at version \(old.version)", current: try old.serialized())
            }
            try transaction.raiseGeneration()
            return try transaction.save(request, replacing: old)
        }
        try await refreshTimers()
        return calendar
    }

    func deleteCalendar(_ request: GetCalendarRequest, _ context: CallContext) async throws -> Deleted {
        try await store.perform(context, request) { transaction in
            guard try transaction.calendar(request.id) != nil else { throw RPCError.notFound("calendar \(request.id)") }
            guard try !transaction.isCalendarUsed(request.id) else {
                throw RPCError(
                    .failedPrecondition, "an SLA policy counts by the calendar", detail: ErrorDetail(code: "in_use"))
            }
            try transaction.removeCalendar(request.id)
            return Deleted()
        }
    }

    func previewCalendar(
        _ request: PreviewCalendarRequest, _ context: CallContext
    ) async throws -> PreviewCalendarResponse {
        let calendar = try await calendar(of: request)
        let from = request.fromMilliseconds
        guard CompiledCalendar.instants.contains(from) else {
            throw RPCError.invalidField("from", "must lie in the years 1970 to 9000")
        }
        switch (request.businessMilliseconds, request.untilMilliseconds) {
        case (let business?, nil):
            guard business >= 0 else { throw RPCError.invalidField("business", "must not be negative") }
            guard business <= CompiledCalendar.limitMilliseconds,
                let due = calendar.due(from: from, businessMilliseconds: business)
            else { throw RPCError.invalidField("business", "is not reached within ten years") }
            return PreviewCalendarResponse(
                dueAtMilliseconds: due, businessMilliseconds: business,
                explanation: calendar.explain(from: from, until: due))
        case (nil, let until?):
            guard until >= from, until - from <= CompiledCalendar.limitMilliseconds else {
                throw RPCError.invalidField("until", "must not lie before from, nor more than ten years after it")
            }
            return PreviewCalendarResponse(
                businessMilliseconds: calendar.business(from: from, until: until),
                explanation: calendar.explain(from: from, until: until))
        default:
            throw RPCError.invalidField("business", "give either business or until")
        }
    }

    private func calendar(of request: PreviewCalendarRequest) async throws -> CompiledCalendar {
        guard var calendar = request.calendar else {
            let id = request.calendarID
            guard let stored = try await store.read({ try $0.calendar(id) }), let compiled = timers.compiled(stored)
            else {
                throw RPCError.invalidField("calendar_id", "must name a calendar, or calendar must be given")
            }
            return compiled
        }
        guard request.calendarID == 0 else {
            throw RPCError.invalidField("calendar_id", "give it or calendar, not both")
        }
        // What is only looked at needs no name.
        if calendar.name.isEmpty { calendar.name = "preview" }
        try refuse(calendar.violations(field: "calendar"))
        guard let compiled = CompiledCalendar(calendar) else {
            throw RPCError.invalidField("calendar", "cannot be compiled")
        }
        return compiled
    }

    /// Refuses a request with these faults, if there are any.
    func refuse(_ violations: [Violation]) throws {
        guard violations.isEmpty else { throw RPCError.invalidFields(violations) }
    }
}

extension RPCError {
    /// There is a limit to how many of them there can be.
    static func tooMany(_ what: String, limit: Int) -> RPCError {
        RPCError(
            .resourceExhausted, "there can be at most \(limit) \(what)", detail: ErrorDetail(code: "limit_reached"))
    }
}
