import Model

/// The timers of one ticket, as a state machine: an event goes in, what to announce comes out.
///
/// - `first_response` starts when the ticket does; the first public answer of an agent meets it.
/// - `next_response` starts at a requester's public, not automatic message once a first response was given; the next answer meets it.
/// - `resolution` starts when the ticket does, pauses while it is pending or on hold, is met while it is solved or closed, and runs on with
///   what was left when it is reopened.
///
/// While a ticket is solved, the response timers stand still too: nobody waits. When it closes, those still owed are cancelled.
/// A merged ticket's are all cancelled.
/// A breach stays a breach. A timer without a promise is cancelled, and comes to life when a policy promises something again.
/// Whatever fell due before an event is announced before it, however late the event is read.
struct TicketTimers: Sendable, Hashable {
    /// What happened.
    enum Event: Sendable, Hashable {
        case created
        /// Status, or what the choice of policy depends on, is now different.
        case changed(TicketStatus)
        /// A public, not automatic message of the requester after the first.
        case requesterWrote
        /// A public, not automatic message of an agent after the first.
        case agentAnswered
        /// The ticket's matter is another's: nothing is promised for it any more.
        case merged
        /// Policies or calendars changed.
        case rulesChanged
        /// Time has passed.
        case clock
    }

    /// What others are told.
    enum Announcement: Sendable, Hashable {
        case changed(MetricTimer)
        case warned(MetricTimer)
        case breached(MetricTimer)
    }

    private(set) var status: TicketStatus
    /// Whether a first response was given.
    private(set) var answered: Bool
    /// The current timer of each metric.
    private(set) var timers: [MetricTimer]
    /// Timers that a newer one of their metric replaced, by id.
    private(set) var retired: [Int64] = []

    init(status: TicketStatus, answered: Bool = false, timers: [MetricTimer] = []) {
        self.status = status
        self.answered = answered
        self.timers = timers
    }

    /// - Parameters:
    ///   - now: when it happened; not earlier than the event before.
    ///   - promise: what the ticket is promised after the event; nil when no policy matches.
    mutating func handle(_ event: Event, at now: Int64, promise: Promise?) -> [Announcement] {
        var announcements: [Announcement] = []
        // Rules change at our own time, which Intake's journal may not have reached: what is due waits for the clock.
        if event != .rulesChanged { announcements = advance(to: now) }
        let before = timers
        switch event {
        case .created:
            start(.firstResponse, at: now)
            start(.resolution, at: now)
            settle(at: now, promise)
        case .changed(let status):
            self.status = status
            settle(at: now, promise)
        case .requesterWrote:
            guard answered, status != .closed, !timers.contains(where: { $0.metric == .nextResponse && $0.isOwed })
            else { break }
            start(.nextResponse, at: now)
            settle(at: now, promise, only: .nextResponse)
        case .agentAnswered:
            answered = true
            meetResponses(at: now)
        case .merged:
            cancelOwed(at: now)
        case .rulesChanged:
            settle(at: now, promise)
        case .clock:
            break
        }
        return announcements + changes(since: before)
    }

    /// Announces what has fallen due: the warning, then the breach, each once.
    private mutating func advance(to now: Int64) -> [Announcement] {
        var announcements: [Announcement] = []
        for index in timers.indices {
            if timers[index].isReached(timers[index].warnAtMilliseconds, now), !timers[index].warned {
                timers[index].warned = true
                announcements.append(.warned(timers[index]))
            }
            if timers[index].isReached(timers[index].dueAtMilliseconds, now) {
                timers[index].state = .breached
                announcements.append(.breached(timers[index]))
            }
        }
        return announcements
    }

    private mutating func start(_ metric: Metric, at now: Int64) {
        if let index = timers.firstIndex(where: { $0.metric == metric }) {
            retired.append(timers.remove(at: index).id)
        }
        timers.append(MetricTimer(metric: metric, startedAtMilliseconds: now))
    }

    private mutating func meetResponses(at now: Int64) {
        for index in timers.indices where timers[index].metric != .resolution && timers[index].isOwed {
            timers[index].endedAtMilliseconds = now
            timers[index].setPausing(false, at: now)
            if timers[index].state == .running || timers[index].state == .paused { timers[index].state = .met }
        }
    }

    private mutating func cancelOwed(at now: Int64) {
        for index in timers.indices where timers[index].isOwed {
            timers[index].endedAtMilliseconds = now
            timers[index].setPausing(false, at: now)
            if timers[index].state != .breached { timers[index].applyNothing() }
        }
    }

    /// Brings each timer in line with the status and the promise.
    private mutating func settle(at now: Int64, _ promise: Promise?, only metric: Metric? = nil) {
        for index in timers.indices where metric == nil || timers[index].metric == metric {
            if timers[index].metric == .resolution {
                settleResolution(&timers[index], at: now, promise)
            } else if timers[index].isOwed {
                settleResponse(&timers[index], at: now, promise, isNew: metric != nil)
            }
        }
    }

    private func settleResolution(_ timer: inout MetricTimer, at now: Int64, _ promise: Promise?) {
        let isNew = timer.policyID == 0 && timer.state == .running
        if isNew { fulfil(&timer, promise, as: .running) }
        timer.setPausing(status.pausesResolution || status.endsResolution, at: now)
        if status.endsResolution {
            if timer.isOwed { timer.endedAtMilliseconds = now }
            if timer.state == .running || timer.state == .paused { timer.state = .met }
            return
        }
        timer.endedAtMilliseconds = 0
        guard timer.state != .breached else { return }
        fulfil(&timer, promise, as: status.pausesResolution ? .paused : .running)
    }

    /// - Parameter isNew: whether the requester's message has just started it; that message reopens the ticket, whatever its status.
    private func settleResponse(_ timer: inout MetricTimer, at now: Int64, _ promise: Promise?, isNew: Bool) {
        if status == .closed {
            timer.endedAtMilliseconds = now
            if timer.state != .breached { timer.applyNothing() }
            return
        }
        let stands = status == .solved && !isNew
        timer.setPausing(stands, at: now)
        guard timer.state != .breached else { return }
        fulfil(&timer, promise, as: stands ? .paused : .running)
    }

    private func fulfil(_ timer: inout MetricTimer, _ promise: Promise?, as state: TimerState) {
        guard let promise, promise.target.milliseconds(timer.metric) > 0 else {
            timer.applyNothing()
            return
        }
        timer.state = state
        timer.apply(promise)
    }

    /// The timers that now stand differently, but for breaches, which are announced as such.
    private func changes(since before: [MetricTimer]) -> [Announcement] {
        timers.compactMap { timer in
            guard timer.state != .breached else { return nil }
            let old = before.first {
                $0.metric == timer.metric && $0.startedAtMilliseconds == timer.startedAtMilliseconds
            }
            guard let old else { return timer.state == .cancelled ? nil : .changed(timer) }
            let isSame =
                old.state == timer.state && old.dueAtMilliseconds == timer.dueAtMilliseconds
                && old.policyID == timer.policyID
            return isSame ? nil : .changed(timer)
        }
    }
}

extension MetricTimer {
    fileprivate func isReached(_ instant: Int64, _ now: Int64) -> Bool {
        state == .running && instant != 0 && instant <= now
    }
}

extension TicketStatus {
    /// Whether the ticket waits for somebody else than the team.
    fileprivate var pausesResolution: Bool {
        switch self {
        case .pending, .onHold: true
        case .unspecified, .new, .open, .solved, .closed: false
        }
    }

    fileprivate var endsResolution: Bool {
        switch self {
        case .solved, .closed: true
        case .unspecified, .new, .open, .pending, .onHold: false
        }
    }
}
