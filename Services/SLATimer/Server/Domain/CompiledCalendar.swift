import Model
import Synchronization

/// A business calendar made ready to count: its intervals compiled to sorted UTC intervals over a bounded horizon that grows on demand.
///
/// It answers the same for the same question always; the horizon, behind its lock, only remembers.
final class CompiledCalendar: Sendable {
    private let week: CalendarWeek
    private let horizon: Mutex<BusinessHorizon>

    /// How far ahead a due time is looked for: ten years. What is not reached by then counts as never.
    static let limitMilliseconds: Int64 = 10 * CompiledCalendar.yearMilliseconds
    /// The most that one horizon remembers; a question further away begins a new one.
    private static let limitHorizonMilliseconds: Int64 = 3 * limitMilliseconds
    private static let yearMilliseconds: Int64 = 366 * CalendarWeek.dayMilliseconds
    /// The instants that calendars are asked about: years 1970 to 9000.
    static let instants: ClosedRange<Int64> = 0...221_845_392_000_000

    /// Nil when the calendar is not valid: see `BusinessCalendar.violations`.
    init?(_ calendar: BusinessCalendar) {
        guard let week = CalendarWeek(calendar) else { return nil }
        self.week = week
        horizon = Mutex(BusinessHorizon(from: 0))
    }

    /// The first instant at which so much business time has passed since `from`; nil when ten years do not suffice.
    /// - Parameter businessMilliseconds: 0 or more.
    func due(from: Int64, businessMilliseconds: Int64) -> Int64? {
        precondition(businessMilliseconds >= 0, "business time does not run backwards")
        guard businessMilliseconds > 0 else { return from }
        let limit = from + CompiledCalendar.limitMilliseconds
        return horizon.withLock { horizon in
            // A week more than the duration itself suffices for most calendars; each further look goes twice as far.
            var reach = min(limit, from + businessMilliseconds + 7 * CalendarWeek.dayMilliseconds)
            while true {
                cover(from, reach, in: &horizon)
                if let due = horizon.instant(counted: horizon.counted(until: from) + businessMilliseconds) {
                    return due <= limit ? due : nil
                }
                guard reach < limit else { return nil }
                reach = min(limit, from + 2 * (reach - from))
            }
        }
    }

    /// The business time in [from, until).
    func business(from: Int64, until: Int64) -> Int64 {
        guard from < until else { return 0 }
        return horizon.withLock { horizon in
            cover(from, until, in: &horizon)
            return horizon.counted(until: until) - horizon.counted(until: from)
        }
    }

    /// The stretches that make up [from, until), each with why it counts or does not.
    func explain(from: Int64, until: Int64) -> [ExplainedInterval] {
        var explanation: [ExplainedInterval] = []
        week.forEachPiece(from: from, until: until) { piece in
            explanation.extend(
                from: piece.fromMilliseconds, until: piece.untilMilliseconds,
                counted: piece.reason == .businessHours, why: piece.reason.text)
        }
        return explanation
    }

    /// Makes the horizon cover [from, until).
    private func cover(_ from: Int64, _ until: Int64, in horizon: inout BusinessHorizon) {
        let wholeYear = until + CompiledCalendar.yearMilliseconds
        let widest = max(until, horizon.untilMilliseconds) - min(from, horizon.fromMilliseconds)
        let isEmpty = horizon.untilMilliseconds == horizon.fromMilliseconds
        if isEmpty || widest > CompiledCalendar.limitHorizonMilliseconds {
            horizon = BusinessHorizon(from: from)
            horizon.extend(to: wholeYear, week)
        } else if from < horizon.fromMilliseconds {
            let reached = horizon.untilMilliseconds
            horizon = BusinessHorizon(from: from - CompiledCalendar.yearMilliseconds)
            horizon.extend(to: max(reached, wholeYear), week)
        } else if until > horizon.untilMilliseconds {
            horizon.extend(to: wholeYear, week)
        }
    }
}

extension [ExplainedInterval] {
    /// Adds a stretch; one that goes on for the same reason makes the last longer.
    mutating func extend(from: Int64, until: Int64, counted: Bool, why: String) {
        if let last = indices.last, self[last].why == why, self[last].toMilliseconds == from {
            self[last].toMilliseconds = until
        } else {
            append(ExplainedInterval(fromMilliseconds: from, toMilliseconds: until, counted: counted, why: why))
        }
    }
}
