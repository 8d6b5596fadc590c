import Model
import Synchronization

/// Compiled calendars by what they say, so that an answer can never be that of another version.
final class CalendarCache: Sendable {
    /// More than a company has; when there are more, all are compiled anew.
    private static let limitCalendars = 64

    private let compiled = Mutex<[BusinessCalendar: CompiledCalendar]>([:])

    init() {}

    /// Nil when the calendar is not valid.
    func compiled(_ calendar: BusinessCalendar) -> CompiledCalendar? {
        if let known = compiled.withLock({ $0[calendar] }) { return known }
        guard let new = CompiledCalendar(calendar) else { return nil }
        compiled.withLock { compiled in
            if compiled.count >= CalendarCache.limitCalendars { compiled.removeAll() }
            compiled[calendar] = new
        }
        return new
    }
}
