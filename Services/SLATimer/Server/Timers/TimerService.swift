import Model
import ServiceKit
import Store

/// Keeps the timers of all tickets: what Intake's journal says, what the clock says and what the rules say, each applied in one
/// transaction with what is journaled of it.
struct TimerService: Sendable {
    /// Tickets handled in one transaction.
    static let limitBatch = 100

    private let calendars = CalendarCache()
    private let actor = Actor(kind: .system, name: "sla-timer")

    init() {}

    /// The compiled form of a calendar; nil when it is not valid.
    func compiled(_ calendar: BusinessCalendar) -> CompiledCalendar? { calendars.compiled(calendar) }

    /// Makes the first calendar and the first policy of an empty store.
    func prepare(_ transaction: Transaction) throws {
        guard try transaction.generation() == nil else { return }
        let calendar = try transaction.save(Defaults.calendar)
        _ = try transaction.save(Defaults.policy(calendarID: calendar.id))
        try transaction.raiseGeneration()
    }

    /// Takes in an entry of Intake's journal.
    func apply(_ entry: JournalEntry, _ transaction: Transaction) throws {
        switch entry.body {
        case .ticketCreated(let created):
            let ticket = TicketRow(id: entry.ticketID, facts: TicketFacts(created), generation: 0)
            try handle(.created, at: entry.atMilliseconds, ticket, cause: entry, transaction)
        case .ticketChanged(let changed):
            guard var ticket = try transaction.ticket(entry.ticketID) else { return }
            let before = ticket.facts
            ticket.facts.apply(changed)
            guard ticket.facts != before else { return }
            try handle(
                .changed(ticket.facts.status), at: entry.atMilliseconds, ticket, statusBefore: before.status,
                cause: entry,
                transaction)
        case .messageAdded(let message):
            guard let event = TicketTimers.Event(message), let ticket = try transaction.ticket(entry.ticketID) else {
                return
            }
            try handle(event, at: entry.atMilliseconds, ticket, cause: entry, transaction)
        case .ticketMerged:
            guard let ticket = try transaction.ticket(entry.ticketID) else { return }
            try handle(.merged, at: entry.atMilliseconds, ticket, cause: entry, transaction)
        default:
            break
        }
    }

    /// Warns and breaches what has fallen due by `now`, in one batch. Returns what fired, and whether there may be more.
    func fire(until now: Int64, _ transaction: Transaction) throws -> (firings: [TimerFiring], mayHaveMore: Bool) {
        var firings: [TimerFiring] = []
        let due = try transaction.dueTickets(until: now, limit: Self.limitBatch)
        let generation = try transaction.generation() ?? 0
        for id in due {
            guard let ticket = try transaction.ticket(id) else { continue }
            // Nothing fires by rules that no longer hold.
            if ticket.isOpen, ticket.generation < generation {
                try handle(.rulesChanged, at: transaction.nowMilliseconds, ticket, transaction)
            }
            let told = try handle(.clock, at: now, try transaction.ticket(id) ?? ticket, transaction)
            firings += told.compactMap { TimerFiring($0, at: transaction.nowMilliseconds) }
        }
        return (firings, !due.isEmpty)
    }

    /// Sets the timers of a batch of stale tickets by the present rules. Returns whether there may be more.
    func refresh(_ transaction: Transaction) throws -> Bool {
        guard let generation = try transaction.generation() else { return false }
        let stale = try transaction.staleTickets(before: generation, limit: Self.limitBatch)
        for id in stale { try refresh(id, transaction) }
        return stale.count == Self.limitBatch
    }

    /// Sets the timers of one ticket by the present rules.
    func refresh(_ ticketID: Int64, _ transaction: Transaction) throws {
        guard let ticket = try transaction.ticket(ticketID) else { return }
        try handle(.rulesChanged, at: transaction.nowMilliseconds, ticket, transaction)
    }

    /// Whether an open ticket's timers were set by older rules.
    func isStale(_ ticket: TicketRow, _ reader: Reader) throws -> Bool {
        try ticket.isOpen && ticket.generation < reader.generation() ?? 0
    }

    /// Returns what was announced.
    @discardableResult
    private func handle(
        _ event: TicketTimers.Event, at now: Int64, _ ticket: TicketRow, statusBefore: TicketStatus? = nil,
        cause: JournalEntry? = nil, _ transaction: Transaction
    ) throws -> [TicketTimers.Announcement] {
        var ticket = ticket
        let stored = try transaction.timers(of: [ticket.id])[ticket.id] ?? []
        var timers = TicketTimers(
            status: statusBefore ?? ticket.facts.status, answered: ticket.answered, timers: stored)
        let promise = event == .clock || event == .merged ? nil : try promise(for: ticket.facts, transaction)
        let announcements = timers.handle(event, at: now, promise: promise)
        ticket.answered = timers.answered
        if event.followsRules { ticket.generation = try transaction.generation() ?? 0 }
        if event != .clock { try transaction.save(ticket) }
        for id in timers.retired { try transaction.retireTimer(id) }
        for var timer in timers.timers {
            if timer.id == 0 { timer.traceParent = cause?.traceParent ?? "" }
            try transaction.save(timer, of: ticket.id, replacing: stored.first { timer.id != 0 && $0.id == timer.id })
        }
        for announcement in announcements {
            try transaction.journal(
                announcement.body, actor: actor, ticketID: ticket.id, cause: cause,
                traceParent: cause == nil ? announcement.timer.traceParent : "")
        }
        return announcements
    }

    /// What a ticket with these facts is promised by the present rules; nil when nothing.
    private func promise(for facts: TicketFacts, _ reader: Reader) throws -> Promise? {
        let policies = try reader.policies()
        guard let policy = SLAPolicy.first(of: policies, for: facts), let target = policy.target(for: facts.priority),
            let calendar = try reader.calendar(policy.calendarID), let compiled = calendars.compiled(calendar)
        else { return nil }
        return Promise(
            policyID: policy.id, policyVersion: policy.version, calendarID: calendar.id,
            calendarVersion: calendar.version, target: target, warnShare: policy.warnShare, calendar: compiled)
    }
}

extension TicketTimers.Event {
    /// What a message means to the timers; nil when nothing: notes, automatic mail, and the message that opened the ticket.
    fileprivate init?(_ message: MessageAdded) {
        guard !message.first, !message.automatic, message.visibility == .public else { return nil }
        switch message.author?.kind {
        case .requester: self = .requesterWrote
        case .agent: self = .agentAnswered
        default: return nil
        }
    }

    /// Whether it sets all timers by the present rules.
    fileprivate var followsRules: Bool {
        switch self {
        case .created, .changed, .rulesChanged: true
        case .requesterWrote, .agentAnswered, .merged, .clock: false
        }
    }
}

extension TicketTimers.Announcement {
    /// Whose announcement it is.
    fileprivate var timer: MetricTimer {
        switch self {
        case .changed(let timer), .warned(let timer), .breached(let timer): timer
        }
    }

    /// As the journal says it.
    fileprivate var body: JournalEntry.Body {
        switch self {
        case .changed(let timer):
            .timerChanged(
                TimerChanged(
                    metric: timer.metric, state: timer.state, dueAtMilliseconds: timer.dueAtMilliseconds,
                    policyID: timer.policyID, policyVersion: timer.policyVersion))
        case .warned(let timer):
            .timerWarned(
                TimerWarned(
                    metric: timer.metric, dueAtMilliseconds: timer.dueAtMilliseconds, policyID: timer.policyID))
        case .breached(let timer):
            .timerBreached(
                TimerBreached(
                    metric: timer.metric, dueAtMilliseconds: timer.dueAtMilliseconds, policyID: timer.policyID))
        }
    }
}
