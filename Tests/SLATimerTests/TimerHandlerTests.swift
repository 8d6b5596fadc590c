import FirstlineTesting
import Model
import ServiceKit
import Store
import Testing
import Wire

@testable import SLATimerServer

@Suite("The SLA timer's calls")
struct TimerHandlerTests {
    /// The fields that a refused call names.
    static func fields(_ call: () async throws -> Void) async throws -> [String] {
        do {
            try await call()
            return []
        } catch let error as RPCError {
            return error.detail?.violations.map(\.field) ?? []
        }
    }

    @Test("A calendar is created, read, listed, replaced and deleted")
    func calendars() async throws {
        let desk = try await TimerDesk()
        let handler = desk.handler
        var calendar = try await handler.createCalendar(CalendarSamples.lunch("Europe/Berlin"), desk.context)
        #expect(calendar.id == 2 && calendar.version == 1)
        calendar.name = "Berlin"
        #expect(try await handler.updateCalendar(calendar, desk.context).version == 2)
        #expect(try await handler.getCalendar(GetCalendarRequest(id: 2), desk.context).name == "Berlin")
        let page = try await handler.listCalendars(ListCalendarsRequest(limit: 1), desk.context)
        let rest = try await handler.listCalendars(
            ListCalendarsRequest(limit: 1, cursor: page.nextCursor), desk.context)
        #expect((page.calendars + rest.calendars).map(\.id) == [1, 2] && rest.nextCursor.isEmpty)
        await #expect(throws: RPCError.self) { try await handler.updateCalendar(calendar, desk.context) }
        _ = try await handler.deleteCalendar(GetCalendarRequest(id: 2), desk.context)
        await #expect(throws: RPCError.self) { try await handler.getCalendar(GetCalendarRequest(id: 2), desk.context) }
    }

    @Test("A calendar that a policy counts by is not deleted")
    func inUse() async throws {
        let desk = try await TimerDesk()
        let error = await #expect(throws: RPCError.self) {
            try await desk.handler.deleteCalendar(GetCalendarRequest(id: 1), desk.context)
        }
        #expect(error?.code == .failedPrecondition && error?.detail?.code == "in_use")
    }

    @Test("The same key creates one calendar")
    func idempotent() async throws {
        let desk = try await TimerDesk()
        var context = desk.context
        context.metadata[Metadata.idempotencyKey] = "once"
        let first = try await desk.handler.createCalendar(CalendarSamples.lunch(), context)
        let second = try await desk.handler.createCalendar(CalendarSamples.lunch(), context)
        #expect(first == second)
        #expect(try await desk.handler.listCalendars(ListCalendarsRequest(), desk.context).calendars.count == 2)
    }

    @Test("A preview answers the due time with its explanation, or the business time")
    func preview() async throws {
        let desk = try await TimerDesk()
        let from = CalendarSamples.instant("2026-03-02T11:00:00Z")
        var calendar = CalendarSamples.lunch()
        calendar.name = ""
        let due = try await desk.handler.previewCalendar(
            PreviewCalendarRequest(
                calendar: calendar, fromMilliseconds: from, businessMilliseconds: 4 * CalendarSamples.hour),
            desk.context)
        #expect(due.dueAtMilliseconds == CalendarSamples.instant("2026-03-02T16:00:00Z"))
        #expect(due.explanation.map(\.why) == ["business_hours", "outside_hours", "business_hours"])
        let business = try await desk.handler.previewCalendar(
            PreviewCalendarRequest(
                calendarID: 1, fromMilliseconds: from,
                untilMilliseconds: CalendarSamples.instant("2026-03-03T10:00:00Z")), desk.context)
        #expect(business.businessMilliseconds == 7 * CalendarSamples.hour)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var field: String
        var request: PreviewCalendarRequest
        var testDescription: String { field }
    }

    @Test(
        "A preview names what it cannot take",
        arguments: [
            Refusal(field: "business", request: PreviewCalendarRequest(calendarID: 1)),
            Refusal(
                field: "business",
                request: PreviewCalendarRequest(calendarID: 1, businessMilliseconds: 1, untilMilliseconds: 1)),
            Refusal(field: "business", request: PreviewCalendarRequest(calendarID: 1, businessMilliseconds: -1)),
            Refusal(field: "business", request: PreviewCalendarRequest(calendarID: 1, businessMilliseconds: .max)),
            Refusal(
                field: "until",
                request: PreviewCalendarRequest(calendarID: 1, fromMilliseconds: 5, untilMilliseconds: 4)),
            Refusal(
                field: "from",
                request: PreviewCalendarRequest(calendarID: 1, fromMilliseconds: -1, businessMilliseconds: 1)),
            Refusal(field: "calendar_id", request: PreviewCalendarRequest(calendarID: 99, businessMilliseconds: 1)),
            Refusal(
                field: "calendar.hours",
                request: PreviewCalendarRequest(calendar: BusinessCalendar(timeZone: "UTC"), businessMilliseconds: 1)),
        ])
    func refusedPreview(_ refusal: Refusal) async throws {
        let desk = try await TimerDesk()
        let fields = try await Self.fields { _ = try await desk.handler.previewCalendar(refusal.request, desk.context) }
        #expect(fields == [refusal.field])
    }

    @Test("A policy that is wrong is refused with the names of its fields")
    func refusedPolicy() async throws {
        let desk = try await TimerDesk()
        let policy = SLAPolicy(
            position: -1, conditions: Condition(all: [Comparison(field: "mood", op: .is, value: "bad")]), calendarID: 9,
            targets: [
                SLATarget(priority: .unspecified), SLATarget(priority: .low, firstResponseMilliseconds: -1),
                SLATarget(priority: .low),
            ], warnAt: 1)
        let fields = try await Self.fields { _ = try await desk.handler.createPolicy(policy, desk.context) }
        #expect(
            fields == [
                "conditions.all[0].field", "name", "position", "calendar_id", "warn_at", "targets[0].priority",
                "targets[1].first_response", "targets[2].priority",
            ])
    }

    @Test("A promise that ten years do not keep is refused")
    func neverDue() async throws {
        let desk = try await TimerDesk()
        let policy = SLAPolicy(
            name: "Never", calendarID: 1,
            targets: [SLATarget(priority: .low, resolutionMilliseconds: 30_000 * CalendarSamples.hour)])
        let fields = try await Self.fields { _ = try await desk.handler.createPolicy(policy, desk.context) }
        #expect(fields == ["targets[0].resolution"])
    }

    @Test("The first matching policy by position counts, and its removal gives way to the next")
    func policies() async throws {
        let desk = try await TimerDesk()
        var standard = try await desk.handler.getPolicy(GetPolicyRequest(id: 1), desk.context)
        standard.position = 5
        _ = try await desk.handler.updatePolicy(standard, desk.context)
        let strict = try await desk.handler.createPolicy(
            SLAPolicy(
                name: "Strict", position: 1, calendarID: 1,
                targets: [SLATarget(priority: .normal, firstResponseMilliseconds: CalendarSamples.hour)]), desk.context)
        try await desk.follow([TimerDesk.entry(1, at: 0, ticket: 1, .created())])
        let before = try await desk.handler.getTicketTimers(GetTicketTimersRequest(ticketID: 1), desk.context)
        #expect(before.timers.map(\.policyID) == [strict.id])
        _ = try await desk.handler.deletePolicy(GetPolicyRequest(id: strict.id), desk.context)
        let after = try await desk.handler.getTicketTimers(GetTicketTimersRequest(ticketID: 1), desk.context)
        #expect(after.timers.map(\.policyID) == [1, 1])
        #expect(after.timers[0].dueAtMilliseconds == TimerDesk.start + 4 * CalendarSamples.hour)
    }

    @Test("The timers of an unknown ticket are not found")
    func unknown() async throws {
        let desk = try await TimerDesk()
        let error = await #expect(throws: RPCError.self) {
            try await desk.handler.getTicketTimers(GetTicketTimersRequest(ticketID: 1), desk.context)
        }
        #expect(error?.code == .notFound)
    }
}
