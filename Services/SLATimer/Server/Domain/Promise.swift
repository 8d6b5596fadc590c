import Model

/// What a policy promises one ticket now.
struct Promise: Sendable {
    var policyID: Int64
    var policyVersion: Int64
    var calendarID: Int64
    var calendarVersion: Int64
    var target: SLATarget
    /// The share of a target after which it warns.
    var warnShare: Double
    var calendar: CompiledCalendar
}
