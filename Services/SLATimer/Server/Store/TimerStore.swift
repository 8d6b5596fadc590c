import Model
import Store

extension Reader {
    /// The current timers of some tickets, by ticket, each metric once.
    func timers(of ticketIDs: [Int64]) throws -> [Int64: [MetricTimer]] {
        var pauses: [Int64: [MetricTimer.Pause]] = [:]
        var timers: [Int64: [MetricTimer]] = [:]
        for ids in SQL.groups(ticketIDs) {
            for row in try rows(SQL.pauses(tickets: ids.count), ids) {
                pauses[try row.int("timer_id"), default: []].append(
                    MetricTimer.Pause(
                        fromMilliseconds: try row.int("from_ms"), untilMilliseconds: try row.int("until_ms")))
            }
            for row in try rows(SQL.timers(tickets: ids.count), ids) {
                let timer = try MetricTimer(row, pauses: pauses[try row.int("id")] ?? [])
                timers[try row.int("ticket_id"), default: []].append(timer)
            }
        }
        return timers
    }

    /// When the next timer must be looked at; nil for never.
    func nextTimerMilliseconds() throws -> Int64? {
        try row(SQL.nextTimer)?.int("next_at_ms")
    }

    /// Tickets with a timer that must be looked at, the most overdue first.
    func dueTickets(until now: Int64, limit: Int) throws -> [Int64] {
        var seen: Set<Int64> = []
        return try rows(SQL.dueTickets, [.integer(now), Value(limit)]).compactMap { row in
            let id = try row.int("ticket_id")
            return seen.insert(id).inserted ? id : nil
        }
    }
}

extension SQL {
    static let nextTimer = "SELECT next_at_ms FROM timer WHERE next_at_ms IS NOT NULL ORDER BY next_at_ms LIMIT 1"

    static let dueTickets =
        "SELECT ticket_id FROM timer WHERE next_at_ms IS NOT NULL AND next_at_ms <= ? ORDER BY next_at_ms LIMIT ?"

    static func timers(tickets: Int) -> String {
        """
        SELECT id, ticket_id, metric, state, started_at_ms, ended_at_ms, due_at_ms, warn_at_ms, warned, policy_id, policy_version,
            calendar_id, calendar_version, target_ms, trace_parent
        FROM timer WHERE ticket_id IN (\(places(tickets))) AND is_current = 1 ORDER BY ticket_id, metric
        """
    }

    static func pauses(tickets: Int) -> String {
        """
        SELECT pause.timer_id, pause.from_ms, pause.until_ms
        FROM timer JOIN pause ON pause.timer_id = timer.id
        WHERE timer.ticket_id IN (\(places(tickets))) AND timer.is_current = 1 ORDER BY pause.timer_id, pause.from_ms
        """
    }
}

extension Transaction {
    /// Stores a timer as it now stands. Answers it as stored.
    /// - Parameter old: as it is stored; nil for a new one.
    func save(_ timer: MetricTimer, of ticketID: Int64, replacing old: MetricTimer?) throws -> MetricTimer {
        guard timer != old else { return timer }
        var timer = timer
        timer.id = try old?.id ?? nextID("timer")
        let next = timer.nextAtMilliseconds
        try execute(
            """
            INSERT INTO timer (id, ticket_id, metric, is_current, state, started_at_ms, ended_at_ms, due_at_ms, warn_at_ms, warned,
                policy_id, policy_version, calendar_id, calendar_version, target_ms, next_at_ms, trace_parent)
            VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended_at_ms = excluded.ended_at_ms,
                due_at_ms = excluded.due_at_ms, warn_at_ms = excluded.warn_at_ms, warned = excluded.warned,
                policy_id = excluded.policy_id, policy_version = excluded.policy_version, calendar_id = excluded.calendar_id,
                calendar_version = excluded.calendar_version, target_ms = excluded.target_ms, next_at_ms = excluded.next_at_ms
            """,
            [
                .integer(timer.id), .integer(ticketID), Value(timer.metric.rawValue), Value(timer.state.rawValue),
                .integer(timer.startedAtMilliseconds), .integer(timer.endedAtMilliseconds),
                .integer(timer.dueAtMilliseconds), .integer(timer.warnAtMilliseconds), Value(timer.warned),
                .integer(timer.policyID), .integer(timer.policyVersion), .integer(timer.calendarID),
                .integer(timer.calendarVersion), .integer(timer.targetMilliseconds), next == 0 ? .null : .integer(next),
                .text(timer.traceParent),
            ])
        try savePauses(timer.pauses, of: timer.id, replacing: old?.pauses ?? [])
        return timer
    }

    /// A newer timer of the same metric took its place.
    func retireTimer(_ id: Int64) throws {
        try execute("UPDATE timer SET is_current = 0, next_at_ms = NULL WHERE id = ?", [.integer(id)])
    }

    private func savePauses(_ pauses: [MetricTimer.Pause], of timerID: Int64, replacing old: [MetricTimer.Pause]) throws
    {
        let same = zip(pauses, old).prefix { $0 == $1 }.count
        for pause in old.dropFirst(same) {
            try execute(
                "DELETE FROM pause WHERE timer_id = ? AND from_ms = ?",
                [.integer(timerID), .integer(pause.fromMilliseconds)])
        }
        for pause in pauses.dropFirst(same) {
            try execute(
                "INSERT INTO pause (timer_id, from_ms, until_ms) VALUES (?, ?, ?)",
                [.integer(timerID), .integer(pause.fromMilliseconds), .integer(pause.untilMilliseconds)])
        }
    }
}

extension MetricTimer {
    fileprivate init(_ row: Row, pauses: [Pause]) throws {
        self.init(
            id: try row.int("id"), metric: try row.value("metric"), state: try row.value("state"),
            startedAtMilliseconds: try row.int("started_at_ms"), endedAtMilliseconds: try row.int("ended_at_ms"),
            dueAtMilliseconds: try row.int("due_at_ms"), warnAtMilliseconds: try row.int("warn_at_ms"),
            warned: try row.bool("warned"), policyID: try row.int("policy_id"),
            policyVersion: try row.int("policy_version"), calendarID: try row.int("calendar_id"),
            calendarVersion: try row.int("calendar_version"), targetMilliseconds: try row.int("target_ms"),
            pauses: pauses, traceParent: try row.text("trace_parent"))
    }
}
