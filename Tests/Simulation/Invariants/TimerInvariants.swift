import Model
import Store

@testable import SLATimerServer

/// What must hold of the SLA timer's store: timers fire once, never early, never on a reply that was given in time, late rather than never.
struct TimerInvariants {
    private struct Firing: Hashable {
        let ticketID: Int64
        let metric: Metric
        let isBreach: Bool
    }

    private struct Effect: Hashable {
        let cause: Int64
        let ticketID: Int64
        let metric: Metric
        let kind: String
    }

    private var fired: [Firing: Int] = [:]
    private var effects: Set<Effect> = []
    private var checkedIntake: Int64 = 0

    mutating func check(
        _ news: [JournalEntry], _ chronicle: Chronicle, _ clock: SimulatedClock, _ reader: Reader
    ) throws {
        for entry in news {
            switch entry.body {
            case .timerChanged(let changed): try noteEffect(entry, changed.metric, "changed", chronicle)
            case .timerWarned(let warned):
                try noteEffect(entry, warned.metric, "warned", chronicle)
                try fire(entry, warned.metric, isBreach: false, chronicle)
            case .timerBreached(let breached):
                try noteEffect(entry, breached.metric, "breached", chronicle)
                try fire(entry, breached.metric, isBreach: true, chronicle)
                try checkInstant(entry, breached, chronicle, clock)
                try checkJustice(entry, breached, chronicle, clock)
            default: break
            }
        }
        for entry in chronicle.applied(by: "sla-timer", of: "intake", since: checkedIntake) {
            guard case .ticketCreated = entry.body else { continue }
            let effect = Effect(cause: entry.offset, ticketID: entry.ticketID, metric: .firstResponse, kind: "changed")
            guard effects.contains(effect) else {
                throw Violated("one effect per entry", "intake:\(entry.offset) started no timer")
            }
        }
        checkedIntake = chronicle.cursor(of: "sla-timer", in: "intake")
        let late = try reader.row(
            "SELECT ticket_id FROM timer WHERE state = ? AND due_at_ms <> 0 AND ended_at_ms >= due_at_ms LIMIT 1",
            [Value(TimerState.met.rawValue)])
        if let late {
            throw Violated("what is due breaches", "ticket \(try late.int("ticket_id")) met a promise too late")
        }
    }

    private mutating func noteEffect(_ entry: JournalEntry, _ metric: Metric, _ kind: String, _ chronicle: Chronicle)
        throws
    {
        guard let cause = entry.cause, cause.service == "intake" else { return }
        guard cause.offset <= chronicle.cursor(of: "sla-timer", in: "intake") else {
            throw Violated("one effect per entry", "sla-timer:\(entry.offset) is ahead of the cursor")
        }
        let effect = Effect(cause: cause.offset, ticketID: entry.ticketID, metric: metric, kind: kind)
        guard effects.insert(effect).inserted else {
            throw Violated(
                "one effect per entry", "intake:\(cause.offset) took effect again in sla-timer:\(entry.offset)")
        }
    }

    private mutating func fire(_ entry: JournalEntry, _ metric: Metric, isBreach: Bool, _ chronicle: Chronicle) throws {
        let firing = Firing(ticketID: entry.ticketID, metric: metric, isBreach: isBreach)
        fired[firing, default: 0] += 1
        let questions = chronicle.journal("intake").count { asked in
            guard asked.ticketID == entry.ticketID, case .messageAdded(let message) = asked.body else { return false }
            return message.author?.kind == .requester && !message.first
        }
        guard fired[firing]! <= (metric == .nextResponse ? questions : 1) else {
            throw Violated("timers fire once", "\(metric.name) of ticket \(entry.ticketID), sla-timer:\(entry.offset)")
        }
    }

    private func checkInstant(
        _ entry: JournalEntry, _ breached: TimerBreached, _ chronicle: Chronicle, _ clock: SimulatedClock
    ) throws {
        let latest = entry.cause.flatMap(chronicle.entry)?.atMilliseconds ?? clock.recentMaximumMilliseconds
        guard breached.dueAtMilliseconds <= latest else {
            throw Violated(
                "timers never fire early", "sla-timer:\(entry.offset), \(breached.dueAtMilliseconds - latest) ms before"
            )
        }
    }

    /// Nothing breaches that, by what Intake had on its disk, was done before it was due. A clock set back lets replies stand before what
    /// was due when they were written.
    private func checkJustice(
        _ entry: JournalEntry, _ breached: TimerBreached, _ chronicle: Chronicle, _ clock: SimulatedClock
    ) throws {
        guard !clock.wasSetBackLately else { return }
        var status = ""
        for earlier in chronicle.journal("intake")
        where earlier.ticketID == entry.ticketID && earlier.atMilliseconds < breached.dueAtMilliseconds {
            switch earlier.body {
            case .messageAdded(let message):
                let isAnswer = message.author?.kind == .agent && message.visibility == .public && !message.first
                guard !isAnswer || breached.metric != .firstResponse else {
                    throw Violated(
                        "no breach of what was answered in time", "sla-timer:\(entry.offset), intake:\(earlier.offset)")
                }
            case .ticketChanged(let changed):
                status = changed.changes.first { $0.field == "status" }?.newValue ?? status
            default: break
            }
        }
        guard breached.metric != .resolution || !["pending", "on_hold", "solved", "closed"].contains(status) else {
            throw Violated(
                "no breach of what was answered in time", "sla-timer:\(entry.offset), the ticket was \(status)")
        }
    }

    /// A timer that should have fired a while ago.
    static func unrest(_ now: Int64, _ reader: Reader) throws -> String? {
        let slack = FiringService.commitAllowanceMilliseconds + 7000
        return try reader.row(
            "SELECT ticket_id FROM timer WHERE next_at_ms IS NOT NULL AND next_at_ms <= ? LIMIT 1",
            [.integer(now - slack)]
        ).map { "a timer of ticket \(try $0.int("ticket_id")) is overdue" }
    }
}
