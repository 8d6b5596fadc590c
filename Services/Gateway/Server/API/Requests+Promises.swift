import Model

extension BusinessCalendar {
    /// Takes over the fields of a checked `NewCalendar`, `CalendarPatch` or `PreviewedCalendar`.
    mutating func apply(_ json: JSONValue, at path: String = "") throws {
        if let name = json["name"]?.string { self.name = name }
        if let zone = json["time_zone"]?.string { timeZone = zone }
        if let hours = json["hours"]?.members { self.hours = try Self.intervals(hours, path + "hours") }
        if let holidays = json["holidays"]?.elements {
            self.holidays = holidays.map { Holiday(date: $0.text("date"), name: $0.text("name")) }
        }
    }

    private static func intervals(_ days: [JSONMember], _ path: String) throws -> [DayInterval] {
        var intervals: [DayInterval] = []
        for (index, name) in Names.weekdays.enumerated() {
            guard let list = days.first(where: { $0.name == name })?.value.elements else { continue }
            for (place, interval) in list.enumerated() {
                let times = interval.strings.compactMap { TimeOfDay.minutes(of: $0) }
                guard times.count == 2, times[0] < times[1] else {
                    throw Problem.invalid("\(path).\(name)[\(place)]", "must be a start and a later end")
                }
                intervals.append(DayInterval(weekday: Int32(index + 1), startMinute: times[0], endMinute: times[1]))
            }
        }
        return intervals
    }
}

extension PreviewCalendarRequest {
    /// From a checked `CalendarPreview`.
    init(_ json: JSONValue) throws {
        guard (json["calendar"] == nil) != (json["calendar_id"] == nil) else {
            throw Problem.invalid("calendar", "either this or calendar_id must be given")
        }
        guard (json["business"] == nil) != (json["until"] == nil) else {
            throw Problem.invalid("business", "either this or until must be given")
        }
        var calendar: BusinessCalendar?
        if let given = json["calendar"] {
            calendar = BusinessCalendar()
            try calendar?.apply(given, at: "calendar.")
        }
        self.init(
            calendar: calendar, calendarID: json.id("calendar_id"),
            fromMilliseconds: json["from"]?.instantMilliseconds ?? 0,
            businessMilliseconds: json["business"]?.durationMilliseconds,
            untilMilliseconds: json["until"]?.instantMilliseconds)
    }
}

extension SLAPolicy {
    /// Takes over the fields of a checked `NewSLAPolicy` or `SLAPolicyPatch`.
    mutating func apply(_ json: JSONValue) {
        if let name = json["name"]?.string { self.name = name }
        if let position = json["position"]?.integer { self.position = Int32(position) }
        if let calendar = json["calendar_id"]?.integer { calendarID = calendar }
        if let share = json["warn_at"]?.double { warnAt = share }
        if let conditions = json["conditions"] {
            self.conditions = Condition(
                all: Self.comparisons(conditions["all"]), any: Self.comparisons(conditions["any"]))
        }
        if let targets = json["targets"]?.members {
            self.targets = targets.map { target in
                SLATarget(
                    priority: Priority(name: target.name) ?? .unspecified,
                    firstResponseMilliseconds: target.value["first_response"]?.durationMilliseconds ?? 0,
                    nextResponseMilliseconds: target.value["next_response"]?.durationMilliseconds ?? 0,
                    resolutionMilliseconds: target.value["resolution"]?.durationMilliseconds ?? 0)
            }
        }
    }

    private static func comparisons(_ list: JSONValue?) -> [Comparison] {
        (list?.elements ?? []).map { comparison in
            Comparison(
                field: comparison.text("field"), op: ComparisonOperator(name: comparison.text("op")) ?? .unspecified,
                value: comparison["value"]?.integer.map { String($0) } ?? comparison.text("value"))
        }
    }
}
