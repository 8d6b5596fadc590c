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

    /// Takes in entries of Intake's journal, in their order.
    func apply(_ entries: [JournalEntry], _ transaction: Transaction) throws {
        let concerning = entries.filter(\.concernsTimers)
        guard !concerning.isEmpty else { return }
        var batch = try TicketBatch(concerning.map(\.ticketID), transaction, calendars)
        for entry in concerning { try apply(entry, in: &batch) }
    }

    private func apply(_ entry: JournalEntry, in batch: inout TicketBatch) throws {
        let now = entry.atMilliseconds
        if case .ticketCreated(let created) = entry.body {
            let ticket = TicketRow(id: entry.ticketID, facts: TicketFacts(created), generation: 0)
            try handle(.created, at: now, ticket, cause: entry, in: &batch)
            return
        }
        guard var ticket = batch.ticket(entry.ticketID) else { return }
        switch entry.body {
        case .ticketChanged(let changed):
            let before = ticket.facts
            ticket.facts.apply(changed)
            guard ticket.facts != before else { return }
            try handle(
                .changed(ticket.facts.status), at: now, ticket, statusBefore: before.status, cause: entry, in: &batch)
        case .messageAdded(let message):
            guard let event = TicketTimers.Event(message) else { return }
            try handle(event, at: now, ticket, cause: entry, in: &batch)
        case .ticketMerged:
            try handle(.merged, at: now, ticket, cause: entry, in: &batch)
        default:
            break
        }
    }

    /// Warns and breaches what has fallen due by `now`, in one batch. Returns what fired, and whether there may be more.
    func fire(until now: Int64, _ transaction: Transaction) throws -> (firings: [TimerFiring], mayHaveMore: Bool) {
        var firings: [TimerFiring] = []
        let due = try transaction.dueTickets(until: now, limit: Self.limitBatch)
        let generation = try transaction.generation() ?? 0
        var batch = try TicketBatch(due, transaction, calendars)
        for id in due {
            guard let ticket = batch.ticket(id) else { continue }
            // Nothing fires by rules that no longer hold.
            if ticket.isOpen, ticket.generation < generation {
                try handle(.rulesChanged, at: transaction.nowMilliseconds, ticket, in: &batch)
            }
            let told = try handle(.clock, at: now, batch.ticket(id) ?? ticket, in: &batch)
            firings += told.compactMap { TimerFiring($0, at: transaction.nowMilliseconds) }
        }
        return (firings, !due.isEmpty)
    }

    /// Sets the timers of a batch of stale tickets by the present rules. Returns whether there may be more.
    func refresh(_ transaction: Transaction) throws -> Bool {
        guard let generation = try transaction.generation() else { return false }
        let stale = try transaction.staleTickets(before: generation, limit: Self.limitBatch)
        try refresh(stale, transaction)
        return stale.count == Self.limitBatch
    }

    /// Sets the timers of some tickets by the present rules.
    func refresh(_ ticketIDs: [Int64], _ transaction: Transaction) throws {
        var batch = try TicketBatch(ticketIDs, transaction, calendars)
        for id in ticketIDs {
            guard let ticket = batch.ticket(id) else { continue }
            try handle(.rulesChanged, at: transaction.nowMilliseconds, ticket, in: &batch)
        }
    }

    /// Whether an open ticket's timers were set by older rules.
    func isStale(_ ticket: TicketRow, _ reader: Reader) throws -> Bool {
        try ticket.isOpen && ticket.generation < reader.generation() ?? 0
    }

    /// Returns what was announced.
    @discardableResult
    private func handle(
        _ event: TicketTimers.Event, at now: Int64, _ ticket: TicketRow, statusBefore: TicketStatus? = nil,
        cause: JournalEntry? = nil, in batch: inout TicketBatch
    ) throws -> [TicketTimers.Announcement] {
        var ticket = ticket
        var timers = TicketTimers(
            status: statusBefore ?? ticket.facts.status, answered: ticket.answered,
            timers: batch.timers(of: ticket.id))
        let promise = event.startsOrSetsTimers ? try batch.rules().promise(for: ticket.facts) : nil
        let announcements = timers.handle(event, at: now, promise: promise)
        ticket.answered = timers.answered
        if event.setsTimers { ticket.generation = try batch.rules().generation }
        try batch.save(ticket)
        var changed = timers.timers
        for index in changed.indices where changed[index].id == 0 {
            changed[index].traceParent = cause?.traceParent ?? ""
        }
        try batch.save(changed, retired: timers.retired, of: ticket.id)
        for announcement in announcements {
            try batch.transaction.journal(
                announcement.body, actor: actor, ticketID: ticket.id, cause: cause,
                traceParent: cause == nil ? announcement.timer.traceParent : "")
        }
        return announcements
    }
}

extension JournalEntry {
    /// Whether timers may start, stop or be set anew by it.
    fileprivate var concernsTimers: Bool {
        switch body {
        case .ticketCreated, .ticketChanged, .ticketMerged: true
        case .messageAdded(let message): TicketTimers.Event(message) != nil
        default: false
        }
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
    fileprivate var setsTimers: Bool {
        switch self {
        case .created, .changed, .rulesChanged: true
        case .requesterWrote, .agentAnswered, .merged, .clock: false
        }
    }

    /// Whether it asks what the ticket is promised.
    fileprivate var startsOrSetsTimers: Bool { setsTimers || self == .requesterWrote }
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
