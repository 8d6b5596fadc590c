import Model
import Store

/// The rules as one transaction finds them.
struct PresentRules {
    /// Of the timers that are set by them; 0 in a store without any.
    let generation: Int64
    /// In the order in which they count.
    private let policies: [SLAPolicy]
    /// Those of the policies, by id.
    private let calendars: [Int64: Calendar]

    private struct Calendar {
        var version: Int64
        var compiled: CompiledCalendar
    }

    init(_ reader: Reader, _ cache: CalendarCache) throws {
        generation = try reader.generation() ?? 0
        policies = try reader.policies()
        var calendars: [Int64: Calendar] = [:]
        for id in Set(policies.map(\.calendarID)) {
            guard let calendar = try reader.calendar(id), let compiled = cache.compiled(calendar) else { continue }
            calendars[id] = Calendar(version: calendar.version, compiled: compiled)
        }
        self.calendars = calendars
    }

    /// What a ticket with these facts is promised; nil when nothing.
    func promise(for facts: TicketFacts) -> Promise? {
        guard let policy = SLAPolicy.first(of: policies, for: facts), let target = policy.target(for: facts.priority),
            let calendar = calendars[policy.calendarID]
        else { return nil }
        return Promise(
            policyID: policy.id, policyVersion: policy.version, calendarID: policy.calendarID,
            calendarVersion: calendar.version, target: target, warnShare: policy.warnShare, calendar: calendar.compiled)
    }
}
