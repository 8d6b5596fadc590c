import Glibc
import Model
import Testing

@testable import SLATimerServer

/// The compiled calendar against a counter that asks the C library, minute by minute, what the clocks show.
@Suite("A compiled calendar agrees with a minute counter", .serialized)
struct CalendarPropertyTests {
    struct Place: Sendable, CustomTestStringConvertible {
        var zone: String
        /// A day near which the clocks change, or something else is odd.
        var around: String
        var testDescription: String { "\(zone) around \(around)" }
    }

    static let places = [
        Place(zone: "UTC", around: "2026-02-28T00:00:00Z"),
        Place(zone: "Europe/Berlin", around: "2026-03-29T01:00:00Z"),
        Place(zone: "Europe/Berlin", around: "2026-10-25T01:00:00Z"),
        Place(zone: "America/New_York", around: "2026-03-08T07:00:00Z"),
        Place(zone: "America/New_York", around: "2026-11-01T06:00:00Z"),
        Place(zone: "Australia/Lord_Howe", around: "2026-04-04T15:00:00Z"),
        Place(zone: "Australia/Lord_Howe", around: "2026-10-03T15:30:00Z"),
        Place(zone: "Asia/Kathmandu", around: "2026-05-01T00:00:00Z"),
        Place(zone: "Pacific/Apia", around: "2011-12-30T10:00:00Z"),
        Place(zone: "Africa/Casablanca", around: "2025-02-23T02:00:00Z"),
        Place(zone: "America/Sao_Paulo", around: "2018-11-04T03:00:00Z"),
    ]

    @Test("Business time and due times are those of the counter", arguments: places)
    func agrees(_ place: Place) {
        setenv("TZ", place.zone, 1)
        tzset()
        defer {
            unsetenv("TZ")
            tzset()
        }
        var numbers = SeededNumbers(seed: 7)
        let around = CalendarSamples.instant(place.around)
        for _ in 0..<6 {
            let calendar = Self.randomCalendar(place.zone, around: around, &numbers)
            let compiled = CalendarSamples.compiled(calendar)
            let from = around - Int64.random(in: 1...5_000, using: &numbers) * CalendarSamples.minute
            let counted = Self.countedMinutes(calendar, from: from, minutes: 12_000)
            for _ in 0..<20 {
                let minutes = Int.random(in: 0...12_000, using: &numbers)
                let until = from + Int64(minutes) * CalendarSamples.minute
                let expected = Int64(counted[minutes]) * CalendarSamples.minute
                #expect(compiled.business(from: from, until: until) == expected)
                let explained = compiled.explain(from: from, until: until)
                #expect(
                    explained.filter(\.counted).reduce(0) { $0 + $1.toMilliseconds - $1.fromMilliseconds } == expected)
                #expect(Self.isGapless(explained, from: from, until: until))
                if expected > 0, let reached = counted.firstIndex(of: counted[minutes]) {
                    let due = compiled.due(from: from, businessMilliseconds: expected)
                    #expect(due == from + Int64(reached) * CalendarSamples.minute)
                }
            }
        }
    }

    /// How many of the first n minutes after `from` count, for each n.
    static func countedMinutes(_ calendar: BusinessCalendar, from: Int64, minutes: Int) -> [Int] {
        let holidays = Set(calendar.holidays.map(\.date))
        var counted = [0]
        counted.reserveCapacity(minutes + 1)
        for minute in 0..<minutes {
            var seconds = time_t((from + Int64(minute) * CalendarSamples.minute) / 1_000)
            var local = tm()
            localtime_r(&seconds, &local)
            let weekday = Int32(local.tm_wday == 0 ? 7 : local.tm_wday)
            let ofDay = local.tm_hour * 60 + local.tm_min
            let isOpen = calendar.hours.contains {
                $0.weekday == weekday && $0.startMinute <= ofDay && ofDay < $0.endMinute
            }
            let date = CivilDate(year: Int(local.tm_year) + 1900, month: Int(local.tm_mon) + 1, day: Int(local.tm_mday))
            let isHoliday = date.map { holidays.contains($0.description) } ?? false
            counted.append(counted[minute] + (isOpen && !isHoliday ? 1 : 0))
        }
        return counted
    }

    static func randomCalendar(
        _ zone: String, around: Int64, _ numbers: inout SeededNumbers
    ) -> BusinessCalendar {
        var hours: [DayInterval] = []
        for day in Int32(1)...7 where Int.random(in: 0..<10, using: &numbers) > 0 {
            let count = Int.random(in: 1...3, using: &numbers)
            var bounds: Set<Int32> = []
            while bounds.count < 2 * count { bounds.insert(Int32.random(in: 0...1440, using: &numbers)) }
            let sorted = bounds.sorted()
            for index in 0..<count {
                hours.append(
                    DayInterval(weekday: day, startMinute: sorted[2 * index], endMinute: sorted[2 * index + 1]))
            }
        }
        if hours.isEmpty { hours = CalendarSamples.week([(0, 24)]) }
        let day = Int(around / 86_400_000) + Int.random(in: -3...3, using: &numbers)
        let holiday = Holiday(date: CivilDate(daysSinceEpoch: day).description, name: "Day of rest")
        return BusinessCalendar(name: "Random", timeZone: zone, hours: hours, holidays: [holiday])
    }

    static func isGapless(_ explanation: [ExplainedInterval], from: Int64, until: Int64) -> Bool {
        var reached = from
        for interval in explanation {
            guard interval.fromMilliseconds == reached, interval.toMilliseconds > reached else { return false }
            reached = interval.toMilliseconds
        }
        return reached == until
    }
}
