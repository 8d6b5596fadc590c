import Model

/// What an empty store begins with, so that every ticket has its promises from the first day.
enum Defaults {
    static let calendar = BusinessCalendar(
        name: "Business hours", timeZone: "UTC",
        hours: (1...5).map { DayInterval(weekday: $0, startMinute: 9 * 60, endMinute: 17 * 60) })

    /// Matches every ticket, after all others: a policy that somebody adds counts before it.
    static func policy(calendarID: Int64) -> SLAPolicy {
        SLAPolicy(
            name: "Standard", position: lastPosition, conditions: Condition(), calendarID: calendarID,
            targets: [
                target(.urgent, first: 1, next: 2, resolution: 8), target(.high, first: 2, next: 4, resolution: 16),
                target(.normal, first: 4, next: 8, resolution: 24), target(.low, first: 8, next: 16, resolution: 40),
            ],
            warnAt: SLAPolicy.standardWarnShare)
    }

    /// The greatest position that the API takes.
    private static let lastPosition: Int32 = 1_000_000

    private static func target(_ priority: Priority, first: Int64, next: Int64, resolution: Int64) -> SLATarget {
        let hour: Int64 = 3_600_000
        return SLATarget(
            priority: priority, firstResponseMilliseconds: first * hour, nextResponseMilliseconds: next * hour,
            resolutionMilliseconds: resolution * hour)
    }
}
