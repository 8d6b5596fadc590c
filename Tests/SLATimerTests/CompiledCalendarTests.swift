import Model
import Testing

@testable import SLATimerServer

@Suite("A compiled calendar")
struct CompiledCalendarTests {
    struct DueCase: Sendable, CustomTestStringConvertible {
        var name: String
        var calendar: BusinessCalendar
        var from: String
        var minutes: Int64
        var due: String
        var testDescription: String { name }
    }

    static let dueCases = [
        DueCase(
            name: "counts within a day", calendar: CalendarSamples.office(), from: "2026-03-02T10:00:00Z", minutes: 60,
            due: "2026-03-02T11:00:00Z"),
        DueCase(
            name: "is reached at closing time, not at the next opening", calendar: CalendarSamples.office(),
            from: "2026-03-02T16:00:00Z", minutes: 60, due: "2026-03-02T17:00:00Z"),
        DueCase(
            name: "skips the weekend", calendar: CalendarSamples.office(), from: "2026-03-06T16:30:00Z", minutes: 60,
            due: "2026-03-09T09:30:00Z"),
        DueCase(
            name: "begins at the next opening when it starts on a Saturday", calendar: CalendarSamples.office(),
            from: "2026-03-07T12:00:00Z", minutes: 1, due: "2026-03-09T09:01:00Z"),
        DueCase(
            name: "skips lunch", calendar: CalendarSamples.lunch(), from: "2026-03-02T11:30:00Z", minutes: 60,
            due: "2026-03-02T13:30:00Z"),
        DueCase(
            name: "skips a holiday",
            calendar: CalendarSamples.office(holidays: [Holiday(date: "2026-03-03", name: "Foundation day")]),
            from: "2026-03-02T16:00:00Z", minutes: 120, due: "2026-03-04T10:00:00Z"),
        DueCase(
            name: "goes over midnight where a day ends at 24:00", calendar: CalendarSamples.always(),
            from: "2026-03-02T23:30:00Z", minutes: 60, due: "2026-03-03T00:30:00Z"),
        DueCase(
            name: "does not count the hour that spring leaves out", calendar: CalendarSamples.always("Europe/Berlin"),
            from: "2026-03-29T00:30:00Z", minutes: 60, due: "2026-03-29T01:30:00Z"),
        DueCase(
            name: "is local: nine in Berlin is eight in UTC in winter",
            calendar: CalendarSamples.office("Europe/Berlin"),
            from: "2026-03-27T15:30:00Z", minutes: 60, due: "2026-03-30T07:30:00Z"),
        DueCase(
            name: "counts a repeated hour twice",
            calendar: BusinessCalendar(
                name: "Night", timeZone: "Europe/Berlin",
                hours: [DayInterval(weekday: 7, startMinute: 120, endMinute: 180)]),
            from: "2026-10-24T22:00:00Z", minutes: 120, due: "2026-10-25T02:00:00Z"),
        DueCase(
            name: "counts nothing in an hour that never comes",
            calendar: BusinessCalendar(
                name: "Night", timeZone: "Europe/Berlin",
                hours: [DayInterval(weekday: 7, startMinute: 120, endMinute: 180)]),
            from: "2026-03-28T22:00:00Z", minutes: 60, due: "2026-04-05T01:00:00Z"),
    ]

    @Test("A due time", arguments: dueCases)
    func due(_ given: DueCase) {
        let calendar = CalendarSamples.compiled(given.calendar)
        let due = calendar.due(
            from: CalendarSamples.instant(given.from), businessMilliseconds: given.minutes * CalendarSamples.minute)
        #expect(due.map { Instant(milliseconds: $0).description } == Instant(given.due)?.description)
    }

    @Test("The answer is the same whatever was asked before")
    func remembers() {
        let warm = CalendarSamples.compiled(CalendarSamples.lunch("America/New_York"))
        var numbers = SeededNumbers(seed: 3)
        for _ in 0..<60 {
            let from = Int64.random(in: 0...4_000_000_000_000, using: &numbers)
            let business = Int64.random(in: 1...4_000 * CalendarSamples.hour, using: &numbers)
            let cold = CalendarSamples.compiled(CalendarSamples.lunch("America/New_York"))
            let due = warm.due(from: from, businessMilliseconds: business)
            #expect(due == cold.due(from: from, businessMilliseconds: business))
            #expect(due.map { warm.business(from: from, until: $0) } == business)
        }
    }

    @Test("What ten years do not reach is never due")
    func never() {
        let calendar = CalendarSamples.compiled(
            BusinessCalendar(
                name: "Rare", timeZone: "UTC", hours: [DayInterval(weekday: 1, startMinute: 0, endMinute: 1)]))
        #expect(calendar.due(from: 0, businessMilliseconds: 600 * CalendarSamples.minute) == nil)
        #expect(calendar.due(from: 0, businessMilliseconds: 500 * CalendarSamples.minute) != nil)
    }

    @Test("An explanation names hours, what lies outside, and holidays")
    func explains() {
        let calendar = CalendarSamples.compiled(
            CalendarSamples.office(holidays: [Holiday(date: "2026-03-03", name: "Foundation day")]))
        let explained = calendar.explain(
            from: CalendarSamples.instant("2026-03-02T16:00:00Z"),
            until: CalendarSamples.instant("2026-03-04T10:00:00Z"))
        #expect(
            explained.map(\.why) == [
                "business_hours", "outside_hours", "holiday: Foundation day", "outside_hours", "business_hours",
            ])
        #expect(explained.map(\.counted) == [true, false, false, false, true])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var field: String
        var calendar: BusinessCalendar
        var testDescription: String { field }
    }

    static func faulty(_ field: String, _ change: (inout BusinessCalendar) -> Void) -> Fault {
        var calendar = CalendarSamples.office()
        change(&calendar)
        return Fault(field: field, calendar: calendar)
    }

    static let faults = [
        faulty("name") { $0.name = "" },
        faulty("time_zone") { $0.timeZone = "Mars/Phobos" },
        faulty("time_zone") { $0.timeZone = "PST" },
        faulty("time_zone") { $0.timeZone = "GMT+0530" },
        faulty("time_zone") { $0.timeZone = "" },
        faulty("hours") { $0.hours = [] },
        faulty("hours[1].start_minute") {
            $0.hours = [
                DayInterval(weekday: 1, startMinute: 540, endMinute: 720),
                DayInterval(weekday: 1, startMinute: 700, endMinute: 800),
            ]
        },
        faulty("hours[0].end_minute") { $0.hours[0].endMinute = 1_441 },
        faulty("hours[0].end_minute") { $0.hours[0].endMinute = $0.hours[0].startMinute },
        faulty("hours[0].weekday") { $0.hours[0].weekday = 0 },
        faulty("holidays[0].date") { $0.holidays = [Holiday(date: "2026-02-29", name: "")] },
        faulty("holidays[1].date") {
            $0.holidays = [Holiday(date: "2026-02-28", name: "a"), Holiday(date: "2026-02-28", name: "b")]
        },
    ]

    @Test("A calendar that is wrong is refused with the name of its field", arguments: faults)
    func refuses(_ fault: Fault) {
        #expect(fault.calendar.violations().map(\.field) == [fault.field])
        #expect(CompiledCalendar(fault.calendar) == nil)
    }

    @Test(
        "A zone by either of its names is a zone",
        arguments: ["UTC", "Europe/Kyiv", "Europe/Kiev", "Etc/GMT-14", "Japan"])
    func zones(_ name: String) {
        #expect(CalendarSamples.office(name).violations().isEmpty)
    }
}
