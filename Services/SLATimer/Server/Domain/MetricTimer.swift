import Model

/// One timer of a ticket: what was promised, and how much of it has gone.
struct MetricTimer: Sendable, Hashable {
    /// Time that does not count, whatever the calendar says.
    struct Pause: Sendable, Hashable {
        var fromMilliseconds: Int64
        /// 0 while it lasts.
        var untilMilliseconds: Int64 = 0
    }

    /// 0 until it is stored.
    var id: Int64 = 0
    var metric: Metric
    var state: TimerState = .running
    var startedAtMilliseconds: Int64
    /// 0 while what was promised is still owed.
    var endedAtMilliseconds: Int64 = 0
    /// 0 while paused, and when it is never due.
    var dueAtMilliseconds: Int64 = 0
    var warnAtMilliseconds: Int64 = 0
    var warned = false
    var policyID: Int64 = 0
    var policyVersion: Int64 = 0
    var calendarID: Int64 = 0
    var calendarVersion: Int64 = 0
    /// Of business time.
    var targetMilliseconds: Int64 = 0
    /// In order; the last may last still.
    var pauses: [Pause] = []
    /// The trace of what started it (W3C `traceparent`), to which its warning and its breach belong; empty for none.
    var traceParent = ""
}

extension MetricTimer {
    var isOwed: Bool { endedAtMilliseconds == 0 }

    var isPausing: Bool { pauses.last?.untilMilliseconds == 0 }

    /// When it must be looked at next: to warn, then to breach. 0 for never.
    var nextAtMilliseconds: Int64 {
        guard state == .running else { return 0 }
        return warned || warnAtMilliseconds == 0 ? dueAtMilliseconds : warnAtMilliseconds
    }

    /// Begins a pause, or ends it. A pause without length leaves no trace.
    mutating func setPausing(_ pausing: Bool, at now: Int64) {
        guard pausing != isPausing else { return }
        if pausing {
            pauses.append(Pause(fromMilliseconds: now))
        } else if let last = pauses.indices.last {
            pauses[last].untilMilliseconds = now
            if pauses[last].fromMilliseconds >= now { pauses.removeLast() }
        }
    }

    /// Takes over a promise and finds anew when to warn and when it is due. Pauses stay, and that it warned.
    mutating func apply(_ promise: Promise) {
        policyID = promise.policyID
        policyVersion = promise.policyVersion
        calendarID = promise.calendarID
        calendarVersion = promise.calendarVersion
        targetMilliseconds = promise.target.milliseconds(metric)
        guard !isPausing else {
            dueAtMilliseconds = 0
            warnAtMilliseconds = 0
            return
        }
        let warnAfter = max(1, Int64((Double(targetMilliseconds) * promise.warnShare).rounded()))
        dueAtMilliseconds = instant(business: targetMilliseconds, promise.calendar) ?? 0
        warnAtMilliseconds = instant(business: warnAfter, promise.calendar) ?? 0
    }

    /// Lets go of every promise.
    mutating func applyNothing() {
        state = .cancelled
        dueAtMilliseconds = 0
        warnAtMilliseconds = 0
        policyID = 0
        policyVersion = 0
        calendarID = 0
        calendarVersion = 0
        targetMilliseconds = 0
    }

    /// The stretches of [startedAt, until) that are not paused.
    func unpaused(until: Int64) -> [(from: Int64, until: Int64)] {
        var stretches: [(from: Int64, until: Int64)] = []
        var from = startedAtMilliseconds
        for pause in pauses where from < until {
            if from < pause.fromMilliseconds { stretches.append((from, min(pause.fromMilliseconds, until))) }
            from = pause.untilMilliseconds == 0 ? until : max(from, pause.untilMilliseconds)
        }
        if from < until { stretches.append((from, until)) }
        return stretches
    }

    /// The business time that has counted until an instant.
    func elapsed(until: Int64, _ calendar: CompiledCalendar) -> Int64 {
        unpaused(until: until).reduce(0) { $0 + calendar.business(from: $1.from, until: $1.until) }
    }

    /// What is left of the target at an instant; negative when it is overdue. A timer that ended keeps what was left then.
    func remaining(at now: Int64, _ calendar: CompiledCalendar) -> Int64 {
        targetMilliseconds - elapsed(until: isOwed ? now : endedAtMilliseconds, calendar)
    }

    /// The first instant at which so much business time has counted; nil when it is never reached, or not before the pause that lasts.
    func instant(business: Int64, _ calendar: CompiledCalendar) -> Int64? {
        var left = business
        var from = startedAtMilliseconds
        for pause in pauses {
            let counted = calendar.business(from: from, until: pause.fromMilliseconds)
            if counted >= left { return calendar.due(from: from, businessMilliseconds: left) }
            guard pause.untilMilliseconds != 0 else { return nil }
            left -= counted
            from = pause.untilMilliseconds
        }
        return calendar.due(from: from, businessMilliseconds: left)
    }

    /// Why it is due when it is: each stretch from its start to its due time (while it has none, to its end or to `now`).
    func explanation(now: Int64, _ calendar: CompiledCalendar) -> [ExplainedInterval] {
        let until = [dueAtMilliseconds, endedAtMilliseconds, now].first { $0 != 0 } ?? now
        var explanation: [ExplainedInterval] = []
        var reached = startedAtMilliseconds
        func pause(to end: Int64) {
            guard reached < end else { return }
            explanation.extend(from: reached, until: end, counted: false, why: "paused")
        }
        for stretch in unpaused(until: until) {
            pause(to: stretch.from)
            explanation += calendar.explain(from: stretch.from, until: stretch.until)
            reached = stretch.until
        }
        pause(to: until)
        return explanation
    }
}
