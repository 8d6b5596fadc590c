import Model

/// A calendar's rules, indexed: which local minutes of which local date count.
struct CalendarWeek: Sendable {
    /// A stretch of UTC time and why it counts or does not.
    struct Piece: Sendable, Hashable {
        var fromMilliseconds: Int64
        var untilMilliseconds: Int64
        var reason: Reason
    }

    /// Why time counts or does not.
    enum Reason: Sendable, Hashable {
        case businessHours
        case outsideHours
        case holiday(String)
    }

    static let dayMilliseconds: Int64 = 86_400_000
    static let minuteMilliseconds: Int64 = 60_000

    private let offsets: TimeZoneOffsets
    /// By weekday, Monday first.
    private let days: [[DayInterval]]
    /// By days since 1970-01-01.
    private let holidays: [Int64: String]

    /// Nil when the calendar is not valid: see `BusinessCalendar.violations`.
    init?(_ calendar: BusinessCalendar) {
        guard calendar.violations().isEmpty, let offsets = TimeZoneOffsets(identifier: calendar.timeZone) else {
            return nil
        }
        self.offsets = offsets
        var days = [[DayInterval]](repeating: [], count: 7)
        for interval in calendar.hours { days[Int(interval.weekday) - 1].append(interval) }
        self.days = days
        var holidays: [Int64: String] = [:]
        for holiday in calendar.holidays {
            guard let date = CivilDate(holiday.date) else { return nil }
            holidays[Int64(date.daysSinceEpoch)] = holiday.name
        }
        self.holidays = holidays
    }

    /// Hands over the pieces that make up [from, until), in order, without a gap. An instant counts when its local time of day lies in
    /// [start, end) of an interval of its local date and that date is no holiday; so an hour that the clocks show twice counts
    /// twice, and one that they never show does not count.
    func forEachPiece(from: Int64, until: Int64, _ visit: (Piece) -> Void) {
        for stretch in offsets.stretches(from: from, until: until) {
            let offset = stretch.offsetMilliseconds
            var day = CalendarWeek.day(of: stretch.fromMilliseconds + offset)
            while day * CalendarWeek.dayMilliseconds - offset < stretch.untilMilliseconds {
                visitDay(day, in: stretch, visit)
                day += 1
            }
        }
    }

    private func visitDay(_ day: Int64, in stretch: TimeZoneOffsets.Stretch, _ visit: (Piece) -> Void) {
        let midnight = day * CalendarWeek.dayMilliseconds - stretch.offsetMilliseconds
        var reached = midnight
        func advance(to next: Int64, _ reason: Reason) {
            let from = max(reached, stretch.fromMilliseconds)
            let until = min(next, stretch.untilMilliseconds)
            if from < until { visit(Piece(fromMilliseconds: from, untilMilliseconds: until, reason: reason)) }
            reached = next
        }
        if let holiday = holidays[day] {
            advance(to: midnight + CalendarWeek.dayMilliseconds, .holiday(holiday))
            return
        }
        // 1970-01-01 was a Thursday.
        let weekday = Int(((day + 3) % 7 + 7) % 7)
        for interval in days[weekday] {
            advance(to: midnight + Int64(interval.startMinute) * CalendarWeek.minuteMilliseconds, .outsideHours)
            advance(to: midnight + Int64(interval.endMinute) * CalendarWeek.minuteMilliseconds, .businessHours)
        }
        advance(to: midnight + CalendarWeek.dayMilliseconds, .outsideHours)
    }

    /// The day, counted from 1970-01-01, on which a local time lies.
    private static func day(of localMilliseconds: Int64) -> Int64 {
        let day = localMilliseconds / dayMilliseconds
        return localMilliseconds % dayMilliseconds < 0 ? day - 1 : day
    }
}

extension CalendarWeek.Reason {
    /// As an explanation says it.
    var text: String {
        switch self {
        case .businessHours: "business_hours"
        case .outsideHours: "outside_hours"
        case .holiday(let name): "holiday: \(name)"
        }
    }
}
