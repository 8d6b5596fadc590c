/// A timer that warned or breached.
struct TimerFiring: Sendable, Hashable {
    var isBreach: Bool
    /// From the instant it was due until its transaction.
    var latenessMilliseconds: Int64

    init?(_ announcement: TicketTimers.Announcement, at now: Int64) {
        switch announcement {
        case .changed: return nil
        case .warned(let timer):
            isBreach = false
            latenessMilliseconds = max(0, now - timer.warnAtMilliseconds)
        case .breached(let timer):
            isBreach = true
            latenessMilliseconds = max(0, now - timer.dueAtMilliseconds)
        }
    }
}
