import Glibc
import Model

@testable import SLATimerServer

/// Calendars that the tests share.
enum CalendarSamples {
    static func week(_ intervals: [(Int32, Int32)], days: ClosedRange<Int32> = 1...5) -> [DayInterval] {
        days.flatMap { day in
            intervals.map { DayInterval(weekday: day, startMinute: $0.0 * 60, endMinute: $0.1 * 60) }
        }
    }

    /// Monday to Friday, nine to five.
    static func office(_ zone: String = "UTC", holidays: [Holiday] = []) -> BusinessCalendar {
        BusinessCalendar(name: "Office", timeZone: zone, hours: week([(9, 17)]), holidays: holidays)
    }

    /// Monday to Friday, nine to five, with an hour's lunch.
    static func lunch(_ zone: String = "UTC") -> BusinessCalendar {
        BusinessCalendar(name: "Lunch", timeZone: zone, hours: week([(9, 12), (13, 17)]))
    }

    static func always(_ zone: String = "UTC") -> BusinessCalendar {
        BusinessCalendar(name: "Always", timeZone: zone, hours: week([(0, 24)], days: 1...7))
    }

    /// Compiled, which it must be able to be.
    static func compiled(_ calendar: BusinessCalendar) -> CompiledCalendar {
        guard let compiled = CompiledCalendar(calendar) else { preconditionFailure("the sample is valid") }
        return compiled
    }

    static func instant(_ text: String) -> Int64 {
        guard let instant = Instant(text) else { preconditionFailure("\(text) is an instant") }
        return instant.milliseconds
    }

    static let hour: Int64 = 3_600_000
    static let minute: Int64 = 60_000
}

/// Numbers that a seed repeats (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
