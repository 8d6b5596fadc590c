import Model

extension BusinessCalendar {
    /// The most intervals of one weekday.
    static let limitIntervalsPerDay = 10
    static let limitHolidays = 1_000
    static let limitNameBytes = 200

    /// Everything that is wrong with the calendar, each with its path below `field`.
    func violations(field: String = "") -> [Violation] {
        let prefix = field.isEmpty ? "" : "\(field)."
        var violations: [Violation] = []
        func refuse(_ path: String, _ message: String) {
            violations.append(Violation(field: prefix + path, message: message))
        }
        if name.isEmpty { refuse("name", "must not be empty") }
        if name.utf8.count > BusinessCalendar.limitNameBytes {
            refuse("name", "is longer than \(BusinessCalendar.limitNameBytes) bytes")
        }
        if TimeZoneOffsets(identifier: timeZone) == nil {
            refuse("time_zone", "must be a time zone of the IANA database, as \"Europe/Berlin\"")
        }
        refuseHours(refuse)
        refuseHolidays(refuse)
        return violations
    }

    private func refuseHours(_ refuse: (String, String) -> Void) {
        if hours.isEmpty { refuse("hours", "must not be empty: nothing would ever be due") }
        if hours.count > 7 * BusinessCalendar.limitIntervalsPerDay {
            refuse("hours", "has more than \(BusinessCalendar.limitIntervalsPerDay) intervals a day")
            return
        }
        var ends = [Int32](repeating: 0, count: 8)
        var counts = [Int](repeating: 0, count: 8)
        for (index, interval) in hours.enumerated() {
            let path = "hours[\(index)]"
            guard (1...7).contains(interval.weekday) else {
                refuse("\(path).weekday", "must be 1 (Monday) to 7 (Sunday)")
                continue
            }
            let day = Int(interval.weekday)
            counts[day] += 1
            if counts[day] == BusinessCalendar.limitIntervalsPerDay + 1 {
                refuse(path, "is one of more than \(BusinessCalendar.limitIntervalsPerDay) intervals of its day")
            }
            guard (0...1440).contains(interval.startMinute) else {
                refuse("\(path).start_minute", "must be 0 to 1440")
                continue
            }
            guard (0...1440).contains(interval.endMinute), interval.endMinute > interval.startMinute else {
                refuse("\(path).end_minute", "must lie after the start and be at most 1440 (24:00)")
                continue
            }
            if interval.startMinute < ends[day] {
                refuse("\(path).start_minute", "must not lie before the end of the interval before it on the same day")
            }
            ends[day] = max(ends[day], interval.endMinute)
        }
    }

    private func refuseHolidays(_ refuse: (String, String) -> Void) {
        if holidays.count > BusinessCalendar.limitHolidays {
            refuse("holidays", "has more than \(BusinessCalendar.limitHolidays) entries")
            return
        }
        var seen: Set<CivilDate> = []
        for (index, holiday) in holidays.enumerated() {
            let path = "holidays[\(index)]"
            if holiday.name.utf8.count > BusinessCalendar.limitNameBytes {
                refuse("\(path).name", "is longer than \(BusinessCalendar.limitNameBytes) bytes")
            }
            guard let date = CivilDate(holiday.date) else {
                refuse("\(path).date", "must be a date, as 2026-12-25")
                continue
            }
            if !seen.insert(date).inserted { refuse("\(path).date", "stands here twice") }
        }
    }
}
